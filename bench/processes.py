"""What the server's processes take of the machine."""

import psutil


class Usage:
    """Of a process and its children, at one moment."""

    def __init__(self, pid: int) -> None:
        first = psutil.Process(pid)
        processes = [first, *first.children(recursive=True)]
        times = [process.cpu_times() for process in processes]
        self.memory = sum(process.memory_full_info().uss for process in processes)  # bytes nobody else shares
        self.threads = sum(process.num_threads() for process in processes)
        self.cpu = sum(spent.user + spent.system for spent in times)  # seconds
