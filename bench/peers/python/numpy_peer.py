"""NumPy and SciPy at their best: blocks that stay in cache, results written in place.

    numpy_peer.py <bit generator> <folder>
"""

import sys

from serve import Books, serve

import numpy as np
from scipy.special import ndtr

BLOCK = 1024
rng = np.random.Generator(getattr(np.random, sys.argv[1])(7))
books = Books(sys.argv[2])
ASSETS = len(books.volatility)


def normals(count):
    block = np.empty(1 << 14)
    for _ in range(count // len(block)):
        rng.standard_normal(out=block)
    return block


class Pricer:
    """Values of one asset's calls at a column of log returns, in arrays that are used again."""

    OPTIONS = 16  # at a time: two arrays of 16 × 128 numbers fill a level-1 cache

    def __init__(self):
        self.room = [np.empty((self.OPTIONS, 128)) for _ in range(2)]

    def add(self, values, x, spot, columns):
        for p in range(0, len(x), 128):
            xs, spots, out = x[p : p + 128], spot[p : p + 128], values[p : p + 128]
            for o in range(0, columns.shape[1], self.OPTIONS):
                inverse, shift, deviation, forward, strike = columns[:, o : o + self.OPTIONS]
                first, second = (room[: len(inverse), : len(xs)] for room in self.room)
                np.multiply(inverse[:, None], xs, out=first)
                np.add(first, shift[:, None], out=first)
                np.subtract(first, deviation[:, None], out=second)
                ndtr(first, out=first)
                ndtr(second, out=second)
                out += (forward @ first) * spots
                out -= strike @ second


pricer = Pricer()


def value_now():
    columns, starts, slopes, constant = books.calls(0)
    value = np.full(1, constant + slopes.sum())
    pricer.add(value, np.zeros(1), np.ones(1), columns)
    return value[0]


def returns(count):
    """Log returns of a block of scenarios, by assets."""
    return books.shocks(books.horizon) @ rng.standard_normal((ASSETS, count))


def revaluation(scenarios):
    columns, starts, slopes, constant = books.calls(books.horizon)
    losses = np.full(scenarios, constant - value_now())
    for s in range(0, scenarios, BLOCK):
        block = losses[s : s + BLOCK]
        x = returns(len(block))
        spot = np.exp(x)
        block += slopes @ spot
        for i in range(ASSETS):
            pricer.add(block, x[i], spot[i], columns[:, starts[i] : starts[i + 1]])
    return losses


def profiles(scenarios, cells=512, deviations=7):
    """The same from cubics per asset: value and slope at the edges, then one look-up each."""
    columns, starts, slopes, constant = books.calls(books.horizon)
    reach = deviations * books.volatility * np.sqrt(books.horizon)
    cubics = []
    for i in range(ASSETS):
        inverse, shift, deviation, forward, strike = columns[:, starts[i] : starts[i + 1], None]
        x = np.linspace(-reach[i], reach[i], cells + 1)
        first = (forward * ndtr(inverse * x + shift)).sum(0) * np.exp(x)
        linear = slopes[i] * np.exp(x)
        f = linear + first - (strike * ndtr(inverse * x + shift - deviation)).sum(0)
        g = (linear + first) * (x[1] - x[0])
        step = np.diff(f)
        cubics.append(
            np.array([f[:-1], g[:-1], 3 * step - 2 * g[:-1] - g[1:], g[:-1] + g[1:] - 2 * step])
        )
    losses = np.full(scenarios, constant - value_now())
    scale = cells / (2 * reach)
    for s in range(0, scenarios, BLOCK):
        block = losses[s : s + BLOCK]
        place = (returns(len(block)) + reach[:, None]) * scale[:, None]
        np.clip(place, 0, cells - 1e-9, out=place)
        cell = place.astype(np.int32)
        t = place - cell
        for i in range(ASSETS):
            c0, c1, c2, c3 = cubics[i].take(cell[i], axis=1)
            block += c0 + t[i] * (c1 + t[i] * (c2 + t[i] * c3))
    return losses


def ladders():
    """Thresholds of every asset and side, nearest first, with one that no path reaches."""
    asset, coins, entry, collateral, ratio = books.accounts.T
    price = (coins * entry - collateral) / (coins - ratio * np.abs(coins))
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(price > 0, np.log(price / books.spot), -np.inf)
    now = coins * (books.spot - entry)
    order, starts, levels, never = [], [], [], []
    for side in range(2 * ASSETS):
        own = np.flatnonzero((asset == side // 2) & ((coins > 0) == (side % 2 == 0)))
        own = own[np.argsort(-level[own] if side % 2 == 0 else level[own], kind="stable")]
        starts.append(len(levels))
        levels += [*level[own], -np.inf if side % 2 == 0 else np.inf]
        order += [*own, -1]
    numbers = np.array([coins, coins * entry, collateral, now])[:, order]
    numbers[:, np.array(order) < 0] = 0
    return np.array(levels), np.array(starts), numbers


def liquidation(paths, block=32768):
    """A step compares every asset with two thresholds; only those that were met are handled."""
    half_spread, impact, depth, liquidator_fee, insurance_fee = books.terms
    levels, starts, numbers = ladders()
    roots = np.sqrt(np.abs(numbers[0])) * (impact / np.sqrt(depth))
    matrix = books.shocks(books.horizon / books.steps)
    losses = np.zeros(paths)
    for first in range(0, paths, block):
        count = min(block, paths - first)
        x = np.zeros((ASSETS, count))
        z = np.empty_like(x)
        loss = losses[first : first + count]
        place = np.repeat(starts[:, None], count, axis=1)
        limits = levels[place].reshape(ASSETS, 2, count)
        met = np.empty((ASSETS, 2, count), bool)
        for _ in range(books.steps):
            rng.standard_normal(out=z)
            x += matrix @ z
            np.less_equal(x, limits[:, 0], out=met[:, 0])
            np.greater_equal(x, limits[:, 1], out=met[:, 1])
            hit = np.flatnonzero(met)
            while len(hit):
                side, path = np.divmod(hit, count)
                where = place.ravel()[hit]
                move = x[side >> 1, path]
                price = books.spot * np.exp(move)
                coins, cost, collateral, now = numbers[:, where]
                worth = coins * price
                notional = np.abs(worth)
                slippage = np.minimum(1, half_spread + roots[where] * np.sqrt(price))
                profit = worth - cost
                equity = collateral + profit - (slippage + liquidator_fee) * notional
                pool = profit - now - np.minimum(equity, insurance_fee * notional)
                loss += np.bincount(path, pool, count)
                next_level = levels[where + 1]
                place.ravel()[hit] += 1
                limits.ravel()[hit] = next_level
                hit = hit[np.where(side & 1, move >= next_level, move <= next_level)]
        # Who is left at the end: sums of the rest of every list.
        price = books.spot * np.exp(x)
        for side in range(2 * ASSETS):
            end = starts[side + 1] if side + 1 < 2 * ASSETS else len(levels)
            own = slice(starts[side], end)
            rests = numbers[:, own][:, ::-1].cumsum(axis=1)[:, ::-1]
            rest = rests[:, place[side] - starts[side]]
            loss += rest[0] * price[side >> 1] - rest[1] - rest[3]
    return losses


serve({"W0": normals, "W1": revaluation, "W1b": profiles, "W2": liquidation})
