"""Jobs: work that a process of its own does, and that outlives whoever asked for it.

One small interface: ``submit``, ``status``, ``cancel``, ``log``, ``reconcile``. Today's engine starts local
processes (``pipeline.worker``, never imported here); another engine would be one more file beside ``local``.
"""

from pipeline.jobs.local import JobInfo, State, cancel, log, reconcile, status, submit

__all__ = ["JobInfo", "State", "cancel", "log", "reconcile", "status", "submit"]
