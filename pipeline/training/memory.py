"""What running out of memory looks like, on a GPU or a CPU, as one error. Knows nothing of what is done then."""

import contextlib
import errno
from collections.abc import Iterator

from pipeline.errors import N_, OutOfMemory

# Neither torch's allocator for the CPU nor the C++ library has an exception of its own for it.
_SIGNS = (
    "can't allocate memory",  # DefaultCPUAllocator
    "not enough memory",  # the same on Windows
    "out of memory",  # CUDA, MPS
    "ALLOC_FAILED",  # cuBLAS
    "bad_alloc",
    "bad allocation",
    "Cannot allocate memory",  # the system, as safetensors and others pass it on
)


@contextlib.contextmanager
def memory_watched() -> Iterator[None]:
    """Turn want of memory, in all its forms, into one plain error.

    Raises:
        OutOfMemory: there was not enough of it.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (MemoryError, RuntimeError, OSError, SafetensorError) as error:
        if not (
            isinstance(error, MemoryError)
            or getattr(error, "errno", None) == errno.ENOMEM
            or any(sign in str(error) for sign in _SIGNS)
        ):
            raise
        raise OutOfMemory(N_("There is not enough memory for this. Close other programs and try again.")) from error
