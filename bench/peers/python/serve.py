"""Answers lines `workload size file-or-dash` with the CPU nanoseconds that the work took."""

import os
import sys
import time

# One thread each: the engine has one, too.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np


class Books:
    """Market, options and accounts, see bench/peers/inputs.ts."""

    def __init__(self, folder):
        with open(os.path.join(folder, "market.txt")) as file:
            rows = [[float(word) for word in line.split()] for line in file]
        self.spot, self.horizon, steps = rows[0]
        self.steps = int(steps)
        self.volatility = np.array(rows[1])
        self.correlation = np.array(rows[2:])
        self.options = np.loadtxt(os.path.join(folder, "options.txt"), ndmin=2)
        self.accounts = np.loadtxt(os.path.join(folder, "accounts.txt"), ndmin=2)
        self.terms = np.loadtxt(os.path.join(folder, "terms.txt"))

    def shocks(self, years):
        """Matrix that turns independent normals into log returns over some years."""
        lower = np.linalg.cholesky(self.correlation)
        return lower * (self.volatility * np.sqrt(years))[:, None]

    def calls(self, elapsed):
        """Columns of every option as a call, sorted by asset, and what puts add: slopes, constant."""
        asset, kind, strike, years, volatility, quantity = self.options[
            np.argsort(self.options[:, 0], kind="stable")
        ].T
        deviation = volatility * np.sqrt(years - elapsed)
        inverse = 1 / deviation
        shift = np.log(self.spot / strike) * inverse + deviation / 2
        columns = np.array([inverse, shift, deviation, quantity * self.spot, quantity * strike])
        puts = kind < 0
        assets = len(self.volatility)
        slopes = -np.bincount(asset[puts].astype(int), columns[3, puts], assets)
        starts = np.searchsorted(asset, np.arange(assets + 1))
        return columns, starts, slopes, columns[4, puts].sum()


def measures(losses):
    """Value at risk 99 % and expected shortfall 97.5 %, by selection."""
    n = len(losses)
    count = int(round(0.025 * n))
    tail = np.partition(losses, n - count)[n - count :]
    rank = n - int(np.ceil(0.99 * n)) + 1
    return np.partition(tail, count - rank)[count - rank], tail.mean()


def serve(workloads):
    """Runs the workloads that are asked for; measures are part of the work."""
    for line in sys.stdin:
        workload, size, out = line.split()
        start = time.process_time_ns()
        answer = workloads[workload](int(size))
        if workload != "W0":
            measures(answer)
        elapsed = time.process_time_ns() - start
        if out != "-":
            np.asarray(answer, dtype=float).tofile(out)
        print(elapsed, flush=True)
