"""Unpacks what comes on standard input, and says why it did not, how long it took, and how much memory."""

from __future__ import annotations

import json
import resource
import sys
import time

from lms.catalogue.bundles import unpack
from lms.kernel.apart import Rejected


def peak() -> int:
    """Bytes held at most until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    packed = sys.stdin.buffer.read()
    begun, before = time.process_time(), peak()
    reason = None
    try:
        unpack(packed)
    except Rejected as rejected:
        reason = rejected.reason
    took = {"seconds": time.process_time() - begun, "memory": peak() - before, "peak": peak()}
    sys.stdout.write(json.dumps({"reason": reason, **took}))
