"""What people see. A page reads widgets, calls one function of ``pipeline``, draws the answer; imports no torch."""
