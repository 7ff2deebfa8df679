#!/usr/bin/env python3
"""Values a pool account by account in NumPy and SciPy, and says whose the shortfall is.

A second, separately written check beside full_revaluation.py, with Euler contributions: nothing here
is shared with the library or with that script but the meaning of the pool
document. Every option is priced anew in every scenario; no profile, no interpolation, no kernel.

    python3 account_revaluation.py pool.json --market market.json --days 10 --scenarios 200000
    python3 account_revaluation.py pool.json --prices hourly.csv --assets BTC,ETH --days 1

Conventions
  time       years of 365 days from the pool's asOf
  prices     S_t = S_0 exp(m t + sigma sqrt(t) L z); with student-t one mixing per path for all times
  volatility sticky strike: an option keeps its implied volatility
  forward    F_h = S_h exp(b (T - h)), b = ln(forward / spot) / T
  options    linear exp(-r tau) Black76(F_h), inverse exp(-b tau) Black76(F_h) (coin value times S_h)
  expiry     an option that expires by the horizon is worth its payoff at its own date from then on;
             an isolated account settles then, with its coin collateral at that date's price
  perpetual  linear side size (S - entry), inverse side notional (S / entry - 1)
  recourse   loss = (V_T - V_0) + max(0, -(c_T + V_T)) - max(0, -(c_0 + V_0)) per account;
             an isolated position is an account, a cross participant is one account
  holdings   loss = -amount (S_T - S_0)
  covers     not valued; their number is reported

Losses are the pool's and positive. VaR is the order statistic x_(ceil(n a)); ES is Acerbi and
Tasche (2002) with the fraction of the VaR scenario that belongs to the tail.
"""

import argparse
import csv
import json
import sys
import time
from datetime import datetime, timezone
from fractions import Fraction

import numpy as np
from scipy.special import ndtr

YEAR_SECONDS = 365 * 86400
LEVELS = ("0.95", "0.975", "0.99")
HOLDINGS = "(pool holdings)"


def instant(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


def calibrate(path, assets, time_column=0):
    """Sample volatility (8760 hours a year, n - 1) and correlation of hourly log returns.

    A return counts where all assets have a price at an hour and at the hour before.
    """
    stamps, prices = [], []
    with open(path, newline="") as source:
        rows = csv.reader(source)
        header = next(rows)
        columns = [header.index(asset) for asset in assets]
        for row in rows:
            stamps.append(instant(row[time_column]))
            prices.append([float(row[c]) if row[c] else np.nan for c in columns])
    stamps, logs = np.array(stamps), np.log(np.array(prices))
    returns = np.diff(logs, axis=0)[np.diff(stamps) == 3600]
    returns = returns[np.isfinite(returns).all(axis=1)]
    return {
        "model": "gbm",
        "assets": list(assets),
        "volatility": (returns.std(axis=0, ddof=1) * np.sqrt(8760)).tolist(),
        "correlation": np.atleast_2d(np.corrcoef(returns.T)).tolist(),
    }, len(returns)


def black(forward, strike, deviation, call):
    """Undiscounted Black (1976); `deviation` is sigma sqrt(tau) > 0."""
    d1 = np.log(forward / strike) / deviation + 0.5 * deviation
    d2 = d1 - deviation
    if call:
        return forward * ndtr(d1) - strike * ndtr(d2)
    return strike * ndtr(-d2) - forward * ndtr(-d1)


class Option:
    def __init__(self, row, spot, as_of, rate):
        self.asset = row["asset"]
        self.maturity = (instant(row["expiry"]) - as_of) / YEAR_SECONDS
        self.strike, self.sigma = row["strike"], row["impliedVolatility"]
        self.call = row["type"] == "call"
        coins = row["quantity"]
        if row.get("quantityUnit", "coin") == "contract":
            coins *= row["multiplier"]
        # Value to the participant per unit of the option.
        self.amount = coins if row["side"] == "long" else -coins
        self.carry = np.log(row.get("forward", spot) / spot) / self.maturity
        self.inverse = row["settlement"] == "inverse"
        self.rate = self.carry if self.inverse else rate

    def value(self, prices, now):
        """Value to the participant with the asset's price given, at years `now` < maturity."""
        tau = self.maturity - now
        forward = prices * np.exp(self.carry * tau)
        worth = black(forward, self.strike, self.sigma * np.sqrt(tau), self.call)
        return self.amount * np.exp(-self.rate * tau) * worth

    def payoff(self, prices):
        gain = prices - self.strike if self.call else self.strike - prices
        return self.amount * np.maximum(gain, 0.0)


class Perpetual:
    maturity = np.inf

    def __init__(self, row):
        self.asset, self.entry = row["asset"], row["entry"]
        self.amount = row["size"] if row["side"] == "long" else -row["size"]
        self.inverse = row["settlement"] == "inverse"

    def value(self, prices, _now):
        if self.inverse:
            return self.amount * (prices / self.entry - 1.0)
        return self.amount * (prices - self.entry)


class Account:
    """What answers together: positions, fixed money and coins."""

    def __init__(self, owner):
        self.owner, self.positions, self.money, self.coins = owner, [], 0.0, []
        self.settles = False  # an isolated option that ends before the horizon


def accounts_of(pool, rate):
    as_of = instant(pool["asOf"])
    spot = {asset["id"]: asset["spot"] for asset in pool["assets"]}
    people = {person["id"]: person for person in pool["participants"]}
    accounts, cross = [], {}
    for person in pool["participants"]:
        if person["margin"] == "cross":
            account = Account(person["id"])
            for item in person.get("collateral", []):
                if item["asset"] == pool["currency"]["code"]:
                    account.money += float(item["amount"])
                else:
                    account.coins.append((item["asset"], float(item["amount"])))
            cross[person["id"]] = account
            accounts.append(account)
    makers = [(row, Option(row, spot[row["asset"]], as_of, rate)) for row in pool["options"]]
    makers += [(row, Perpetual(row)) for row in pool["perpetuals"]]
    for row, position in makers:
        owner = row["participant"]
        if people[owner]["margin"] == "cross":
            cross[owner].positions.append(position)
            continue
        account = Account(owner)
        account.positions.append(position)
        account.settles = True
        collateral = float(row.get("collateral", "0"))
        if position.inverse:
            account.coins.append((position.asset, collateral))
        else:
            account.money = collateral
        accounts.append(account)
    return accounts, spot


def paths(market, dates, count, generator):
    """[dates][asset] -> [count] log price changes from now."""
    volatility = np.array(market["volatility"])
    eigenvalues, vectors = np.linalg.eigh(np.array(market["correlation"]))
    root = vectors * np.sqrt(np.maximum(eigenvalues, 0.0))
    drift = np.array(market.get("drift") or np.zeros(len(volatility)))
    mixing = 1.0
    if market["model"] == "student-t":
        freedom = market["degreesOfFreedom"]
        mixing = np.sqrt((freedom - 2.0) / generator.chisquare(freedom, count))
    total, before, steps = 0.0, 0.0, []
    for date in dates:
        normals = generator.standard_normal((len(volatility), count))
        total = total + volatility[:, None] * np.sqrt(date - before) * (root @ normals)
        steps.append(total * mixing + drift[:, None] * date)
        before = date
    return steps


def settled(account, prices, horizon):
    """Value of the account's positions and collateral per scenario."""
    value, end = 0.0, horizon
    for position in account.positions:
        if position.maturity <= horizon:
            value = value + position.payoff(prices[position.maturity][position.asset])
            if account.settles:
                end = position.maturity
        else:
            value = value + position.value(prices[horizon][position.asset], horizon)
    backing = account.money
    for asset, amount in account.coins:
        backing = backing + amount * prices[end][asset]
    return value, backing


def shortfall(value, backing):
    return np.maximum(0.0, -(backing + value))


class Worst:
    """The participants' losses in the worst scenarios seen so far."""

    def __init__(self, size):
        self.size, self.losses, self.parts = size, np.empty(0), None

    def offer(self, losses, parts):
        keep = np.arange(len(losses))
        if len(self.losses) == self.size:
            keep = np.flatnonzero(losses > self.losses.min())
        losses, parts = losses[keep], parts[:, keep]
        if self.parts is not None:
            losses = np.concatenate([self.losses, losses])
            parts = np.concatenate([self.parts, parts], axis=1)
        order = np.argsort(losses)[::-1][: self.size]
        self.losses, self.parts = losses[order], parts[:, order]


def level_figures(ordered, level):
    """VaR and ES with asymptotic standard errors from losses in ascending order."""
    count, exact = len(ordered), Fraction(level)
    rank = -(-(count * exact.numerator) // exact.denominator)
    value_at_risk = ordered[rank - 1]
    tail = count * (1 - exact)
    atom = float(rank - count * exact)
    expected = (ordered[rank:].sum() + atom * value_at_risk) / float(tail)
    a = float(exact)
    spread = np.sqrt(count * a * (1 - a))
    low = ordered[max(0, int(rank - 1 - spread))]
    high = ordered[min(count - 1, int(rank - 1 + spread))]
    variance = ordered[rank - 1 :].var() + a * (expected - value_at_risk) ** 2
    return {
        "valueAtRisk": {"value": value_at_risk, "standardError": (high - low) / 2},
        "expectedShortfall": {
            "value": expected,
            "standardError": float(np.sqrt(variance / float(tail))),
        },
    }


def contributions(worst, names, count, level):
    exact = Fraction(level)
    rank = -(-(count * exact.numerator) // exact.denominator)
    tail = float(count * (1 - exact))
    weights = np.ones(count - rank + 1)
    weights[-1] = float(rank - count * exact)
    parts = worst.parts[:, : len(weights)]
    share = parts @ weights / tail
    # The mean at the VaR is taken over the least bad twentieth of the tail.
    edge = parts[:, -max(20, len(weights) // 20) :].mean(axis=1)
    error = np.sqrt((parts.var(axis=1) + float(exact) * (share - edge) ** 2) / tail)
    rows = [
        {"id": name, "value": float(share[i]), "standardError": float(error[i])}
        for i, name in enumerate(names)
    ]
    return sorted(rows, key=lambda row: (-row["value"], row["id"]))


def revalue(pool, market, days, scenarios, seed, chunk=20_000, with_contributions=False):
    accounts, spot = accounts_of(pool, market.get("discountRate", 0.0))
    horizon = days / 365.0
    dates = sorted(
        {p.maturity for a in accounts for p in a.positions if p.maturity < horizon} | {horizon}
    )
    names = [person["id"] for person in pool["participants"]] + [HOLDINGS]
    row_of = {name: i for i, name in enumerate(names)}
    start = []
    for account in accounts:
        value = sum(p.value(spot[p.asset], 0.0) for p in account.positions)
        backing = account.money + sum(amount * spot[asset] for asset, amount in account.coins)
        start.append((value, float(shortfall(value, backing))))
    losses = np.empty(scenarios)
    worst = Worst(int(np.ceil(scenarios * 0.025)) + 1)
    for first in range(0, scenarios, chunk):
        count = min(chunk, scenarios - first)
        generator = np.random.Generator(np.random.Philox(key=[seed, first // chunk]))
        prices = {
            date: {
                asset: spot[asset] * np.exp(step[i]) for i, asset in enumerate(market["assets"])
            }
            for date, step in zip(dates, paths(market, dates, count, generator))
        }
        parts = np.zeros((len(names), count))
        for account, (value_now, shortfall_now) in zip(accounts, start):
            if not account.positions:
                continue
            value, backing = settled(account, prices, horizon)
            loss = value - value_now + shortfall(value, backing) - shortfall_now
            parts[row_of[account.owner]] += loss
        for holding in pool["holdings"]:
            moved = prices[horizon][holding["asset"]] - spot[holding["asset"]]
            parts[-1] -= float(holding["amount"]) * moved
        losses[first : first + count] = parts.sum(axis=0)
        if with_contributions:
            worst.offer(losses[first : first + count], parts)
    ordered = np.sort(losses)
    deviation = losses.std(ddof=1)
    result = {
        "horizonDays": days,
        "scenarios": scenarios,
        "seed": seed,
        "coversNotValued": len(pool["covers"]),
        "markToMarket": float(sum(value for value, _ in start)),
        "expectedLoss": {"value": losses.mean(), "standardError": deviation / np.sqrt(scenarios)},
        "standardDeviation": deviation,
        "best": ordered[0],
        "worst": ordered[-1],
        "levels": {level: level_figures(ordered, level) for level in LEVELS},
    }
    if with_contributions:
        result["contributions"] = contributions(worst, names, scenarios, "0.975")
    return result, ordered


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pool")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--market", help="MarketParameters as JSON; else the pool's own market")
    source.add_argument("--prices", help="wide hourly CSV to take volatility and correlation from")
    parser.add_argument("--assets", help="columns of --prices, comma separated")
    parser.add_argument("--degrees-of-freedom", type=float, help="makes the model student-t")
    parser.add_argument("--days", type=float, nargs="+", default=[10.0])
    parser.add_argument("--scenarios", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--contributions", action="store_true")
    parser.add_argument("--exceed", type=float, nargs="*", default=[], help="P(loss > amount)")
    options = parser.parse_args()
    with open(options.pool) as source:
        pool = json.load(source)
    returns = None
    if options.prices:
        assets = options.assets.split(",") if options.assets else [a["id"] for a in pool["assets"]]
        market, returns = calibrate(options.prices, assets)
    elif options.market:
        with open(options.market) as source:
            market = json.load(source)
    else:
        market = pool["market"]
    if options.degrees_of_freedom:
        market = {**market, "model": "student-t", "degreesOfFreedom": options.degrees_of_freedom}
    output = {"market": market, "returns": returns, "horizons": []}
    for days in options.days:
        began = time.time()
        result, ordered = revalue(
            pool, market, days, options.scenarios, options.seed, 20_000, options.contributions
        )
        if options.exceed:
            result["exceedance"] = {
                str(amount): float((ordered > amount).mean()) for amount in options.exceed
            }
        print(f"{days} days: {time.time() - began:.1f} s", file=sys.stderr)
        output["horizons"].append(result)
    json.dump(output, sys.stdout, indent=2, default=float)
    print()


if __name__ == "__main__":
    main()
