"""The doors for agents: one dialect, one file. Each parses, calls one verb, shapes the answer; none knows another."""
