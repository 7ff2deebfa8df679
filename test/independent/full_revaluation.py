"""Values a pool by full revaluation in NumPy and SciPy, sharing nothing with the engine.

    python3 full_revaluation.py pool.json market.json --days 10 --scenarios 400000 --seed 1

Prints JSON: VaR, ES (95, 97.5, 99 %), mean and standard deviation with standard errors. The
generator is NumPy's PCG64, normals its ziggurat, N(d) SciPy's ndtr; every option is revalued in
every scenario by Black-76. Covers are left out.
"""
import argparse
import json
from datetime import datetime

import numpy as np
from scipy.special import ndtr

YEAR = 365 * 86400.0


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def calls(spot_ratio_log, forward, strike, deviation, discount):
    """Undiscounted forward [n] -> value of a call per coin [n]."""
    d1 = np.log(forward / strike) / deviation + deviation / 2
    return discount * (forward * ndtr(d1) - strike * ndtr(d1 - deviation))


class Book:
    """Positions as functions of paths: {time: {asset: price [n]}} -> value per participant [n]."""

    def __init__(self, pool, market, horizon):
        self.pool, self.market, self.horizon = pool, market, horizon
        self.now = instant(pool["asOf"])
        self.spot = {a["id"]: a["spot"] for a in pool["assets"]}
        self.rate = market.get("discountRate", 0.0)
        self.years = {o["id"]: (instant(o["expiry"]) - self.now) / YEAR for o in pool["options"]}
        inside = {t for t in self.years.values() if t < horizon}
        self.times = sorted(inside | {horizon})

    def option(self, o, price, elapsed):
        """Value to the participant at `elapsed` with prices `price` of that time."""
        years = self.years[o["id"]]
        spot0 = self.spot[o["asset"]]
        carry = np.log(o.get("forward", spot0) / spot0) / years
        rate = carry if o["settlement"] == "inverse" else self.rate
        left = years - elapsed
        coins = o["quantity"] * (o.get("multiplier", 1) if o.get("quantityUnit") == "contract" else 1)
        sign = 1.0 if o["side"] == "long" else -1.0
        if left <= 0:
            intrinsic = price - o["strike"] if o["type"] == "call" else o["strike"] - price
            return sign * coins * np.maximum(intrinsic, 0.0)
        forward = price * np.exp(carry * left)
        discount = np.exp(-rate * left)
        deviation = o["impliedVolatility"] * np.sqrt(left)
        call = calls(None, forward, o["strike"], deviation, discount)
        value = call if o["type"] == "call" else call - discount * (forward - o["strike"])
        return sign * coins * value

    def perpetual(self, p, price):
        sign = 1.0 if p["side"] == "long" else -1.0
        if p["settlement"] == "inverse":
            return sign * p["size"] * (price / p["entry"] - 1.0)
        return sign * p["size"] * (price - p["entry"])

    def losses(self, paths):
        """paths[time][asset] -> (pool loss [n], loss per participant {id: [n]})."""
        n = len(next(iter(paths[self.horizon].values())))
        cross = {p["id"]: p for p in self.pool["participants"] if p["margin"] == "cross"}
        own = {p["id"]: np.zeros(n) for p in self.pool["participants"]}
        value = {i: np.zeros(n) for i in cross}
        value0 = {i: 0.0 for i in cross}

        def book(participant, after, before, collateral, collateral0):
            if participant in cross:
                value[participant] += after
                value0[participant] += before
                return
            loss = after - before
            if collateral is not None:
                loss = loss + np.maximum(0.0, -(after + collateral)) - max(0.0, -(before + collateral0))
            own[participant] += loss

        for o in self.pool["options"]:
            years = self.years[o["id"]]
            at = years if years < self.horizon else self.horizon
            price = paths[at][o["asset"]]
            after = self.option(o, price, at)
            before = self.option(o, np.array([self.spot[o["asset"]]]), 0.0)[0]
            c = c0 = None
            if o["side"] == "short":
                amount = float(o.get("collateral", "0"))
                c = amount * price if o["settlement"] == "inverse" else amount
                c0 = amount * self.spot[o["asset"]] if o["settlement"] == "inverse" else amount
            book(o["participant"], after, before, c, c0)
        for p in self.pool["perpetuals"]:
            price = paths[self.horizon][p["asset"]]
            amount = float(p.get("collateral", "0"))
            inverse = p["settlement"] == "inverse"
            spot = self.spot[p["asset"]]
            book(p["participant"], self.perpetual(p, price), self.perpetual(p, spot),
                 amount * price if inverse else amount, amount * spot if inverse else amount)
        for i, participant in cross.items():
            c, c0 = np.zeros(n), 0.0
            for item in participant.get("collateral", []):
                amount = float(item["amount"])
                if item["asset"] == self.pool["currency"]["code"]:
                    c, c0 = c + amount, c0 + amount
                else:
                    c = c + amount * paths[self.horizon][item["asset"]]
                    c0 += amount * self.spot[item["asset"]]
            own[i] += (value[i] - value0[i]
                       + np.maximum(0.0, -(value[i] + c)) - max(0.0, -(value0[i] + c0)))
        total = np.zeros(n)
        for loss in own.values():
            total += loss
        for h in self.pool["holdings"]:
            total -= float(h["amount"]) * (paths[self.horizon][h["asset"]] - self.spot[h["asset"]])
        return total, own


def paths_of(book, rng, n):
    market = book.market
    root = np.linalg.cholesky(np.array(market["correlation"]))
    sigma = np.array(market["volatility"])
    x = np.zeros((len(sigma), n))
    scale = 1.0
    if market["model"] == "student-t":
        nu = market["degreesOfFreedom"]
        scale = np.sqrt((nu - 2) / rng.chisquare(nu, n))
    out, before = {}, 0.0
    for t in book.times:
        z = rng.standard_normal((len(sigma), n))
        x = x + sigma[:, None] * np.sqrt(t - before) * scale * (root @ z)
        before = t
        out[t] = {a: book.spot[a] * np.exp(x[i]) for i, a in enumerate(market["assets"])}
    return out


def measures(loss):
    n = len(loss)
    ordered = np.sort(loss)
    result = {"mean": [float(loss.mean()), float(loss.std(ddof=1) / np.sqrt(n))]}
    for alpha in (0.95, 0.975, 0.99):
        k = n * (1 - alpha)
        whole = int(np.floor(k + 1e-9))
        var = ordered[int(np.ceil(n * alpha - 1e-9)) - 1]
        tail = ordered[n - whole:]
        part = max(0.0, k - whole)
        es = (tail.sum() + part * ordered[n - whole - 1]) / k
        half = 1.96 * np.sqrt(n * alpha * (1 - alpha))
        low = ordered[int(n * alpha - half)]
        high = ordered[int(n * alpha + half)]
        spread = (tail.var() + alpha * (es - var) ** 2) / k
        result[str(alpha)] = {
            "VaR": [float(var), float((high - low) / 3.92)],
            "ES": [float(es), float(np.sqrt(spread))],
        }
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pool")
    parser.add_argument("market")
    parser.add_argument("--days", type=float, default=10)
    parser.add_argument("--scenarios", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=20_000)
    options = parser.parse_args()
    with open(options.pool) as file:
        pool = json.load(file)
    with open(options.market) as file:
        market = json.load(file)
    book = Book(pool, market, options.days / 365)
    rng = np.random.Generator(np.random.PCG64(options.seed))
    parts = []
    for start in range(0, options.scenarios, options.chunk):
        n = min(options.chunk, options.scenarios - start)
        parts.append(book.losses(paths_of(book, rng, n))[0])
    print(json.dumps({"days": options.days, "scenarios": options.scenarios, "seed": options.seed,
                      **measures(np.concatenate(parts))}))


if __name__ == "__main__":
    main()
