// Twin of assembly/watch.ts and closeLevels of assembly/margin.ts: accounts of one position without
// funding, closed in full at the steps of a path.
#pragma once
#include <algorithm>
#include <cmath>
#include "memory.hpp"
#include "option.hpp"

constexpr uint32_t COLUMN = 8 * TILE;
// Columns of the lanes, see assembly/margin.ts.
constexpr uint32_t STATISTICS = 2 * COLUMN, CLOSED = 8 * COLUMN;

struct Watch {
  int asset, index;
  uint32_t downLevels, downRecords, upLevels, upRecords, state;
};

static Watch watchOf(const Memory& m, uint32_t record) {
  return {m.get<int>(record), m.get<int>(record + 4), m.word(record, 8), m.word(record, 12),
          m.word(record, 16), m.word(record, 20), m.word(record, 24)};
}

static void startWatches(const Memory& m, uint32_t margin) {
  uint32_t record = m.word(margin, M_WATCHES);
  for (uint32_t w = m.word(margin, M_WATCH_COUNT); w > 0; w--, record += WATCH_BYTES) {
    const Watch watch = watchOf(m, record);
    double* next = m.at<double>(watch.state);
    std::fill(next, next + TILE, m.get<double>(watch.downLevels));
    std::fill(next + TILE, next + 2 * TILE, m.get<double>(watch.upLevels));
    memset(next + 2 * TILE, 0, COLUMN);
  }
}

/** Closes every account whose level one lane has passed. */
INLINE int closeLevels(const Memory& m, uint32_t margin, int lane, int asset, double price, double x,
                       const double* levels, const char* records, int place, bool falling) {
  double* lanes = m.at<double>(m.word(margin, M_LANES)) + lane;
  double* statistics = lanes + STATISTICS / 8;
  double* slopes = lanes + CLOSED / 8 + asset * TILE;
  const double liquidatorFee = m.real(margin, M_LIQUIDATOR_FEE), insuranceFee = m.real(margin, M_INSURANCE_FEE);
  double cash = lanes[0], slope = *slopes;
  double count = statistics[0], notional = statistics[TILE], debts = statistics[2 * TILE], fees = statistics[3 * TILE];
  do {
    double r[9];
    memcpy(r, records + place * RECORD_BYTES, sizeof r);
    const double change = r[4] * price, closing = r[5] * price + r[6];
    const double equity = r[1] + r[2] * price + (r[3] + change);
    const double slippage = closing * std::min(1.0, r[7] + r[8] * std::sqrt(closing));
    const double after = equity - slippage - liquidatorFee * closing;
    const double fee = std::min(insuranceFee * closing, std::max(0.0, after));
    const double debt = std::max(0.0, -after);
    cash += change + debt - fee;
    slope += r[4];
    count += 1;
    notional += closing;
    debts += debt;
    fees += fee;
    place++;
  } while (falling ? x <= levels[place] : x >= levels[place]);
  lanes[0] = cash, *slopes = slope;
  statistics[0] = count, statistics[TILE] = notional, statistics[2 * TILE] = debts, statistics[3 * TILE] = fees;
  return place;
}

/** Lanes whose bit is set, as a list. */
INLINE int collect(int* list, int size, int first, uint32_t bits) {
  for (; bits; bits &= bits - 1) list[size++] = first + __builtin_ctz(bits);
  return size;
}

static void handle(const Memory& m, uint32_t margin, const Watch& watch, const int* list, int size,
                   const double* x, bool falling) {
  double prices[TILE + LANES];
  for (int i = 0; i < size; i++) prices[i] = x[list[i]];
  for (int i = size; i % LANES; i++) prices[i] = 0;
  exponentials(prices, prices, size);
  double* next = m.at<double>(watch.state) + (falling ? 0 : TILE);
  int* places = m.at<int>(watch.state + 2 * COLUMN) + (falling ? 0 : TILE);
  const double* levels = m.at<double>(falling ? watch.downLevels : watch.upLevels);
  const char* records = m.at<char>(falling ? watch.downRecords : watch.upRecords);
  for (int i = 0; i < size; i++) {
    const int lane = list[i];
    places[lane] = closeLevels(m, margin, lane, watch.asset, prices[i], x[lane], levels, records, places[lane], falling);
    next[lane] = levels[places[lane]];
  }
}

/** Compares one step of a tile with the next levels of every watch. */
static void scan(const Memory& m, uint32_t margin, const double* tile) {
  uint32_t record = m.word(margin, M_WATCHES);
  for (uint32_t w = m.word(margin, M_WATCH_COUNT); w > 0; w--, record += WATCH_BYTES) {
    const Watch watch = watchOf(m, record);
    const double* x = tile + watch.asset * TILE;
    const double *down = m.at<double>(watch.state), *up = down + TILE;
    int falls[TILE], rises[TILE], fallen = 0, risen = 0;
    for (int p = 0; p < TILE; p += SIDE * LANES) {
      Mask any = {}, below[SIDE], above[SIDE];
      EACH {
        const Real here = load(x + p + i * LANES);
        below[i] = here <= load(down + p + i * LANES);
        above[i] = load(up + p + i * LANES) <= here;
        any |= below[i] | above[i];
      }
      if (!lanesOf(any)) continue;
      uint32_t falling = 0, rising = 0;
      EACH {
        falling |= lanesOf(below[i]) << (i * LANES);
        rising |= lanesOf(above[i]) << (i * LANES);
      }
      fallen = collect(falls, fallen, p, falling);
      risen = collect(rises, risen, p, rising);
    }
    if (fallen) handle(m, margin, watch, falls, fallen, x, true);
    if (risen) handle(m, margin, watch, rises, risen, x, false);
  }
}

/** Adds what was paid for closed positions, and takes off what they would have been worth. */
static void finishMargin(const Memory& m, uint32_t margin, const double* x, double* losses) {
  const int assets = m.get<int>(m.plan + ASSETS);
  double prices[TILE];
  double sums[TILE];
  const double* lanes = m.at<double>(m.word(margin, M_LANES));
  memcpy(sums, lanes, COLUMN);
  for (int u = 0; u < assets; u++) {
    exponentials(prices, x + u * TILE, TILE);
    const double* closed = lanes + CLOSED / 8 + u * TILE;
    for (int p = 0; p < TILE; p += LANES) {
      store(sums + p, load(sums + p) - load(closed + p) * load(prices + p));
    }
  }
  for (int p = 0; p < TILE; p += LANES) add(losses + p, load(sums + p));
}
