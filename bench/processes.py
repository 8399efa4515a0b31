"""What processes take of the machine."""

import psutil


class Usage:
    """Of a process and its children, at one moment."""

    def __init__(self, pid: int) -> None:
        processes = _family(pid)
        self.each = [process.memory_full_info().uss for process in processes]  # bytes nobody else shares
        self.memory = sum(self.each)
        self.threads = sum(process.num_threads() for process in processes)
        self.cpu = cpu_of(pid)


def cpu_of(pid: int | None) -> float:
    """Seconds of a process and its children."""
    spent = 0.0
    for process in _family(pid) if pid else ():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        spent += times.user + times.system
    return spent


def _family(pid: int) -> list[psutil.Process]:
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]
