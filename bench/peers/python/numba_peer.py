"""Numba: the loops of a careful C programmer, compiled by LLVM; normals from NumPy's fastest generator.

    numba_peer.py <own | numpy> <folder>      own: W0 by the generator that Numba compiles
"""

import sys

from serve import Books, serve

import numpy as np
from numba import njit

books = Books(sys.argv[2])
rng = np.random.Generator(np.random.SFC64(7))
ASSETS = len(books.volatility)


@njit
def own_normals(block, blocks):
    for _ in range(blocks):
        for i in range(len(block)):
            block[i] = np.random.standard_normal()


def normals(count):
    block = np.empty(1 << 14)
    own_normals(block, count // len(block))
    return block


@njit(inline="always")
def rational(a):
    """Hart's numerator and denominator of the tail."""
    p = 0.700383064443688 + a * 3.52624965998911e-2
    p = 33.912866078383 + a * (6.37396220353165 + a * p)
    p = 220.206867912376 + a * (221.213596169931 + a * (112.079291497871 + a * p))
    q = 16.064177579207 + a * (1.75566716318264 + a * 8.83883476483184e-2)
    q = 296.564248779674 + a * (86.7807322029461 + a * q)
    q = 440.413735824752 + a * (793.826512519948 + a * (637.333633378831 + a * q))
    return p, q


@njit(fastmath={"contract", "reassoc", "arcp", "nsz"})
def price(x, spot, columns):
    """Calls at one point: one exponential and one division for both legs."""
    total = 0.0
    for o in range(columns.shape[0]):
        inverse, shift, deviation, forward, strike = columns[o]
        d = x * inverse + shift
        e = d - deviation
        a = min(abs(d), 37.6)
        b = min(abs(e), 37.6)
        pa, qa = rational(a)
        pb, qb = rational(b)
        w = strike * np.exp(-0.5 * b * b) / (qa * qb)
        first = pa * qb * w
        second = pb * qa * w
        if d > 0:
            first = forward * spot - first
        if e > 0:
            second = strike - second
        total += first - second
    return total


@njit
def revalue(losses, z, matrix, columns, starts, slopes):
    for s in range(len(losses)):
        for i in range(len(slopes)):
            x = 0.0
            for k in range(i + 1):
                x += matrix[i, k] * z[s, k]
            spot = np.exp(x)
            losses[s] += slopes[i] * spot + price(x, spot, columns[starts[i] : starts[i + 1]])


def revaluation(scenarios, block=1024):
    now, _, slopes_now, constant_now = books.calls(0)
    value_now = constant_now + slopes_now.sum() + price(0.0, 1.0, np.ascontiguousarray(now.T))
    columns, starts, slopes, constant = books.calls(books.horizon)
    columns = np.ascontiguousarray(columns.T)
    losses = np.full(scenarios, constant - value_now)
    matrix = books.shocks(books.horizon)
    for s in range(0, scenarios, block):
        part = losses[s : s + block]
        revalue(part, rng.standard_normal((len(part), ASSETS)), matrix, columns, starts, slopes)
    return losses


def ladders():
    """Accounts of every asset and side, nearest threshold first; one that no path reaches ends each."""
    asset, coins, entry, collateral, ratio = books.accounts.T
    price = (coins * entry - collateral) / (coins - ratio * np.abs(coins))
    level = np.where(price > 0, np.log(np.where(price > 0, price, 1) / books.spot), -np.inf)
    rows, starts = [], []
    for side in range(2 * ASSETS):
        own = np.flatnonzero((asset == side // 2) & ((coins > 0) == (side % 2 == 0)))
        own = own[np.argsort(-level[own] if side % 2 == 0 else level[own], kind="stable")]
        starts.append(len(rows))
        now = coins[own] * (books.spot - entry[own])
        q = coins[own]
        own_rows = np.array([level[own], q, q * entry[own], collateral[own], now, np.sqrt(np.abs(q))]).T
        # What is left from each place on: coins, and cost with profit now.
        rest = np.array([q, q * entry[own] + now]).T[::-1].cumsum(axis=0)[::-1]
        rows += [[*row, *sums] for row, sums in zip(own_rows, rest)]
        rows.append([-np.inf if side % 2 == 0 else np.inf] + [0.0] * 7)
    return np.array(rows), np.array(starts)


@njit
def walk(losses, z, matrix, rows, starts, terms, spot):
    assets = matrix.shape[0]
    half_spread, impact, depth, liquidator_fee, insurance_fee = terms
    per_root = impact / np.sqrt(depth)
    x = np.empty(assets)
    place = np.empty(2 * assets, np.int64)
    for path in range(len(losses)):
        x[:] = 0
        place[:] = starts
        loss = 0.0
        for step in range(z.shape[1]):
            for i in range(assets):
                move = x[i]
                for k in range(i + 1):
                    move += matrix[i, k] * z[path, step, k]
                x[i] = move
                down = move <= rows[place[2 * i], 0]
                if not down and not move >= rows[place[2 * i + 1], 0]:
                    continue
                side = 2 * i if down else 2 * i + 1
                price = spot * np.exp(move)
                root = per_root * np.sqrt(price)
                at = place[side]
                while (move <= rows[at, 0]) if down else (move >= rows[at, 0]):
                    worth = rows[at, 1] * price
                    notional = abs(worth)
                    slippage = min(1.0, half_spread + root * rows[at, 5])
                    profit = worth - rows[at, 2]
                    equity = rows[at, 3] + profit - (slippage + liquidator_fee) * notional
                    loss += profit - rows[at, 4] - min(equity, insurance_fee * notional)
                    at += 1
                place[side] = at
        for side in range(2 * assets):
            loss += rows[place[side], 6] * spot * np.exp(x[side >> 1]) - rows[place[side], 7]
        losses[path] = loss


def liquidation(paths, block=256):
    rows, starts = ladders()
    matrix = books.shocks(books.horizon / books.steps)
    losses = np.empty(paths)
    for first in range(0, paths, block):
        part = losses[first : first + block]
        z = rng.standard_normal((len(part), books.steps, ASSETS))
        walk(part, z, matrix, rows, starts, books.terms, books.spot)
    return losses


serve({"W0": normals, "W1": revaluation, "W2": liquidation})
