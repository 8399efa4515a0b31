"""Write .env with fresh keys, from .env.example. Run by `make run`, before anything is installed or imported.

An existing file is never touched: its keys may be the only ones that open the vault.
"""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = "=change-me"


def with_fresh_key(line: str) -> str:
    return f"{line.removesuffix(SAMPLE)}={secrets.token_urlsafe(48)}" if line.endswith(SAMPLE) else line


def with_fresh_keys(example: str) -> str:
    return "".join(f"{line}\n" for line in map(with_fresh_key, example.splitlines()))


def main() -> None:
    chosen = os.environ.get("STRONGROOM_ENV_FILE", str(ROOT / ".env"))
    if not chosen:
        return  # the settings read no file either
    text = with_fresh_keys((ROOT / ".env.example").read_text())
    try:
        # Created closed to others: a chmod afterwards would leave a moment in which they can read it.
        descriptor = os.open(chosen, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with open(descriptor, "w") as file:
        file.write(text)
    sys.stderr.write(f"Wrote {chosen}: keep a copy of these keys apart from the database.\n")


if __name__ == "__main__":
    main()
