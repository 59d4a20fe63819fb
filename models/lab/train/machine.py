"""Settings of the processor that change speed, not what is learned.

In:  a device name, a number of threads.
Out: the device, ready to train on.
"""

from __future__ import annotations

import torch


def prepare(device: str, threads: int) -> torch.device:
    torch.set_num_threads(threads)
    # Tiny attention weights underflow; numbers below the normal range are many times slower.
    torch.set_flush_denormal(True)
    torch.backends.cuda.matmul.allow_tf32 = True
    return torch.device(device)
