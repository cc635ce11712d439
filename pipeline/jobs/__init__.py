"""Jobs: work that a process of its own does, and that outlives whoever asked for it.

One small interface: ``submit``, ``status``, ``cancel``, ``log``, ``history``, ``reconcile``, ``stand_by``. Today's
engine starts local processes (``pipeline.worker``, never imported here); another engine would be one more file beside
``local``.
"""

from pipeline.jobs.local import JobInfo, Moment, State, cancel, history, log, reconcile, stand_by, status, submit

__all__ = ["JobInfo", "Moment", "State", "cancel", "history", "log", "reconcile", "stand_by", "status", "submit"]
