// Twin of assembly/simulate.ts with path.ts, profile.ts and audit.ts: from path numbers to losses.
#pragma once
#include "normal.hpp"
#include "watch.hpp"

/** One step of the log prices of a tile, held inside the model's bound. */
static void advance(const Memory& m, int step, double* x, const double* z) {
  const int assets = m.get<int>(m.plan + ASSETS), factors = m.get<int>(m.plan + FACTORS);
  const int* rowEnds = m.at<int>(m.word(m.plan, ROW_ENDS));
  for (int u = 0; u < assets; u++) {
    const int cell = step * assets + u;
    const double* weights = m.at<double>(m.word(m.plan, MATRIX)) + cell * factors;
    const Real drift = splat(m.at<double>(m.word(m.plan, DRIFT))[cell]);
    const Real high = splat(m.at<double>(m.word(m.plan, BOUND))[cell]);
    double* out = x + u * TILE;
    for (int p = 0; p < TILE; p += SIDE * LANES) {
      Real sum[SIDE] = {};
      for (int f = 0; f < rowEnds[u]; f++) {
        const Real weight = splat(weights[f]);
        EACH sum[i] = sum[i] + weight * load(z + f * TILE + p + i * LANES);
      }
      Mask outside = {};
      EACH {
        sum[i] = load(out + p + i * LANES) + (sum[i] + drift);
        outside |= ~(absolute(sum[i]) <= high);
      }
      if (lanesOf(outside)) EACH sum[i] = smaller(high, larger(-high, sum[i]));
      EACH store(out + p + i * LANES, sum[i]);
    }
  }
}

/** Adds the profile of one node to the losses: cells are looked up one by one at every width. */
static void addProfile(const Memory& m, uint32_t node, const double* x, double* losses) {
  typedef double Pair __attribute__((vector_size(16)));
  const uint32_t* first = m.at<uint32_t>(m.word(node, 12));
  const char* cells = m.at<char>(m.word(node, 16));
  const Real low = splat(m.real(node, 24)), perUnit = splat(m.real(node, 32));
  uint64_t buckets[TILE];
  for (int p = 0; p < TILE; p += LANES) {
    const Word bucket = bitsOf((load(x + p) - low) * perUnit + 4503599627370495.5);
    memcpy(buckets + p, &bucket, sizeof bucket);
  }
  for (int p = 0; p < TILE; p++) {
    const double* cell = (const double*)(cells + first[(uint32_t)buckets[p]]);
    while (cell[6] <= x[p]) cell += CELL_BYTES / 8;
    const double t = (x[p] - cell[0]) * cell[1];
    Pair even, odd;
    memcpy(&even, cell + 2, sizeof even);
    memcpy(&odd, cell + 4, sizeof odd);
    const Pair both = even + t * odd;
    losses[p] += both[0] + (t * t) * both[1];
  }
}

/** Adds the legs of one account, in the order of the program. */
static void addLegs(const Memory& m, uint32_t record, const double* x, const double* spot, double* value, double* collateral) {
  uint32_t leg = m.word(record, 8);
  for (int l = m.get<int>(record + 4); l > 0; l--, leg += LEG_BYTES) {
    const int kind = m.get<int>(leg), node = m.get<int>(leg + 4) * TILE;
    if (kind == 0) {
      addCalls(value, x + node, spot + node, TILE, m.at<double>(m.word(leg, 8)), m.get<int>(leg + 12));
      continue;
    }
    double* out = kind == 3 ? collateral : value;
    const Real a = splat(m.real(leg, 16)), b = splat(m.real(leg, 24)), sign = splat(m.real(leg, 32));
    for (int p = 0; p < TILE; p += LANES) {
      const Real spots = a * load(spot + node + p);
      add(out + p, kind == 2 ? sign * larger(splat(0), spots - b) : spots + b);
    }
  }
}

/** Adds the loss of every account by the pricing formula. */
static void addAudit(const Memory& m, const double* x, const double* spot, double* losses) {
  const uint32_t program = m.word(m.plan, AUDIT);
  double value[TILE], collateral[TILE];
  for (int account = 0; account < m.get<int>(program); account++) {
    const uint32_t record = program + 16 + account * AUDIT_ACCOUNT_BYTES;
    memset(value, 0, sizeof value);
    memset(collateral, 0, sizeof collateral);
    addLegs(m, record, x, spot, value, collateral);
    const Real before = splat(m.real(record, 16)), prior = splat(m.real(record, 24));
    const bool isFloored = m.get<int>(record) != 0;
    for (int p = 0; p < TILE; p += LANES) {
      const Real now = load(value + p);
      Real loss = now - before;
      if (isFloored) loss = loss + (larger(splat(0), -(now + load(collateral + p))) - prior);
      add(losses + p, loss);
    }
  }
}

/** Losses of TILE paths. Covers, accounts over several nodes and mixing are not here. */
static void simulateTile(const Memory& m, const uint32_t* paths, double* losses) {
  const int nodes = m.get<int>(m.plan + NODE_COUNT), assets = m.get<int>(m.plan + ASSETS);
  const int factors = m.get<int>(m.plan + FACTORS), steps = m.get<int>(m.plan + STEPS);
  const uint32_t margin = m.word(m.plan, MARGIN), audit = m.word(m.plan, AUDIT);
  static double x[64 * TILE], z[64 * TILE], nodeX[64 * TILE], nodeS[64 * TILE];
  if (assets > 64 || factors > 64 || factors % 4 || nodes > 64) exit(2);
  memset(losses, 0, COLUMN);
  memset(x, 0, assets * COLUMN);
  if (margin) {
    memset(m.at<char>(m.word(margin, M_LANES)), 0, CLOSED + assets * COLUMN);
    startWatches(m, margin);
  }
  int node = 0;
  for (int step = 0; step < steps; step++) {
    normals(z, paths, TILE, TILE, m.at<uint32_t>(m.word(m.plan, KEYS)), 0, step * factors / 4, factors / 4);
    advance(m, step, x, z);
    if (margin) scan(m, margin, x);
    for (; node < nodes; node++) {
      const uint32_t record = m.word(m.plan, NODES) + node * NODE_BYTES;
      if (m.get<int>(record) != step) break;
      const double* column = x + m.get<int>(record + 4) * TILE;
      if (audit) {
        memcpy(nodeX + node * TILE, column, COLUMN);
        exponentials(nodeS + node * TILE, column, TILE);
      } else addProfile(m, record, column, losses);
    }
  }
  if (audit) addAudit(m, nodeX, nodeS, losses);
  if (margin) finishMargin(m, margin, x, losses);
}

/** Losses of paths 0 to count - 1; room for a whole number of tiles. */
static void simulate(const Memory& m, double* losses, int count) {
  uint32_t paths[TILE];
  for (int first = 0; first < count; first += TILE) {
    for (int i = 0; i < TILE; i++) paths[i] = first + i;
    simulateTile(m, paths, losses + first);
  }
}
