"""The process that runs cells: takes pages as JSON from `chapters.prepare`, prints what failed."""

import json
import os
import sys

from companion_press.execution import chapters

if __name__ == "__main__":
    answer = os.dup(1)
    os.dup2(2, 1)  # what a kernel itself prints is no answer
    messages = chapters.main(json.load(sys.stdin))
    with os.fdopen(answer, "w", encoding="utf-8", newline="") as out:
        out.write("\n\n".join(messages))
    sys.exit(bool(messages))
