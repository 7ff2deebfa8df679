"""Fits sample volatility and correlation of hourly log returns in NumPy, sharing nothing with the engine.

    python3 fit_market.py prices.csv BTC ETH > market.json

Returns are taken between consecutive hours that both have every asset's price.
"""
import csv
import json
import sys
from datetime import datetime

import numpy as np


def main():
    path, assets = sys.argv[1], sys.argv[2:]
    with open(path) as file:
        rows = [r for r in csv.DictReader(file) if all(r[a] for a in assets)]
    time = np.array([datetime.fromisoformat(r["ts_utc"].replace("Z", "+00:00")).timestamp() for r in rows])
    prices = np.array([[float(r[a]) for a in assets] for r in rows])
    steps = np.diff(np.log(prices), axis=0)[np.diff(time) == 3600]
    volatility = steps.std(axis=0, ddof=1) * np.sqrt(8760)
    print(json.dumps({
        "model": "gbm",
        "assets": assets,
        "volatility": list(volatility),
        "correlation": np.corrcoef(steps.T).tolist(),
        "returns": len(steps),
    }))


if __name__ == "__main__":
    main()
