// QuantLib as its manual would have it: its generators, its formulas and engine, its paths.
//   quantlib <inverse | polar | calculator | engine> <folder>, then lines: workload, size, file or -
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>
#include <ql/quantlib.hpp>

using namespace QuantLib;
typedef std::vector<std::vector<double>> Table;

static Table readTable(const std::string& path) {
  std::ifstream file(path);
  Table rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    rows.emplace_back(std::istream_iterator<double>(words), std::istream_iterator<double>());
  }
  return rows;
}

struct Books {
  double spot, horizon;
  int steps, assets;
  std::vector<double> volatility, terms;
  Matrix correlation;
  Table options, accounts;
};

static Books readBooks(const std::string& folder) {
  const Table market = readTable(folder + "/market.txt");
  Books b;
  b.spot = market[0][0], b.horizon = market[0][1], b.steps = (int)market[0][2];
  b.volatility = market[1];
  b.assets = (int)b.volatility.size();
  b.correlation = Matrix(b.assets, b.assets);
  for (int i = 0; i < b.assets; i++) for (int j = 0; j < b.assets; j++) b.correlation[i][j] = market[2 + i][j];
  b.options = readTable(folder + "/options.txt");
  b.accounts = readTable(folder + "/accounts.txt");
  b.terms = readTable(folder + "/terms.txt")[0];
  return b;
}

template <class Generator> static double drawNormals(int count) {
  Generator generator{MersenneTwisterUniformRng(7)};
  double sum = 0;
  for (int i = 0; i < count; i++) sum += generator.next().value;
  return sum;
}

/** One option by AnalyticEuropeanEngine, with quotes for what moves. */
struct Engine {
  ext::shared_ptr<SimpleQuote> spot;
  ext::shared_ptr<VanillaOption> option;
};

static std::vector<Engine> enginesOf(const Books& b, double elapsed) {
  const Date today(1, January, 2026);
  Settings::instance().evaluationDate() = today;
  const DayCounter days = Actual365Fixed();
  const Handle<YieldTermStructure> flat(ext::make_shared<FlatForward>(today, 0.0, days));
  std::vector<Engine> out;
  for (const auto& o : b.options) {
    auto spot = ext::make_shared<SimpleQuote>(b.spot);
    const Handle<BlackVolTermStructure> vol(ext::make_shared<BlackConstantVol>(today, NullCalendar(), o[4], days));
    auto process = ext::make_shared<BlackScholesMertonProcess>(Handle<Quote>(spot), flat, flat, vol);
    const Date expiry = today + (int)std::lround((o[3] - elapsed) * 365);
    auto option = ext::make_shared<VanillaOption>(
      ext::make_shared<PlainVanillaPayoff>(o[1] > 0 ? Option::Call : Option::Put, o[2]),
      ext::make_shared<EuropeanExercise>(expiry));
    option->setPricingEngine(ext::make_shared<AnalyticEuropeanEngine>(process));
    out.push_back({spot, option});
  }
  return out;
}

/** Value of the book, by engine or by calculator. */
struct Pricer {
  const Books& b;
  double elapsed;
  std::vector<Engine> engines;
  std::vector<double> deviations;

  Pricer(const Books& b, double elapsed, bool byEngine) : b(b), elapsed(elapsed) {
    if (byEngine) engines = enginesOf(b, elapsed);
    for (const auto& o : b.options) deviations.push_back(o[4] * std::sqrt(o[3] - elapsed));
  }

  double value(const std::vector<double>& spots) const {
    double sum = 0;
    for (size_t i = 0; i < b.options.size(); i++) {
      const auto& o = b.options[i];
      const double spot = spots[(int)o[0]];
      if (!engines.empty()) {
        engines[i].spot->setValue(spot);
        sum += o[5] * engines[i].option->NPV();
      } else {
        const BlackCalculator calculator(o[1] > 0 ? Option::Call : Option::Put, o[2], spot, deviations[i], 1.0);
        sum += o[5] * calculator.value();
      }
    }
    return sum;
  }
};

static void revalue(const Books& b, bool byEngine, std::vector<double>& losses) {
  PseudoRandom::rsg_type normals = PseudoRandom::make_sequence_generator(b.assets, 7);
  const Matrix lower = CholeskyDecomposition(b.correlation);
  std::vector<double> spots(b.assets, b.spot);
  const double now = Pricer(b, 0, byEngine).value(spots);
  const Pricer then(b, b.horizon, byEngine);
  for (double& loss : losses) {
    const auto& z = normals.nextSequence().value;
    for (int i = 0; i < b.assets; i++) {
      double shock = 0;
      for (int k = 0; k <= i; k++) shock += lower[i][k] * z[k];
      spots[i] = b.spot * std::exp(b.volatility[i] * std::sqrt(b.horizon) * shock);
    }
    loss = then.value(spots) - now;
  }
}

/** Accounts of one asset and side, nearest threshold first. */
struct Ladder {
  std::vector<double> prices;
  std::vector<const std::vector<double>*> accounts;
};

static std::vector<Ladder> laddersOf(const Books& b) {
  std::vector<Ladder> ladders(2 * b.assets);
  for (int side = 0; side < 2 * b.assets; side++) {
    const bool isLong = side % 2 == 0;
    std::vector<std::pair<double, const std::vector<double>*>> own;
    for (const auto& a : b.accounts) {
      if ((int)a[0] != side / 2 || (a[1] > 0) != isLong) continue;
      own.push_back({(a[1] * a[2] - a[3]) / (a[1] - a[4] * std::fabs(a[1])), &a});
    }
    std::sort(own.begin(), own.end(), [=](const auto& p, const auto& q) {
      return isLong ? p.first > q.first : p.first < q.first;
    });
    for (const auto& [price, account] : own) {
      ladders[side].prices.push_back(price);
      ladders[side].accounts.push_back(account);
    }
  }
  return ladders;
}

static double closeOut(const Books& b, const std::vector<double>& a, double price) {
  const double notional = std::fabs(a[1]) * price, profit = a[1] * (price - a[2]);
  const double slippage = std::min(1.0, b.terms[0] + b.terms[1] * std::sqrt(notional / b.terms[2]));
  const double equity = a[3] + profit - (slippage + b.terms[3]) * notional;
  return profit - a[1] * (b.spot - a[2]) - std::min(equity, b.terms[4] * notional);
}

static void liquidate(const Books& b, std::vector<double>& losses) {
  const Date today(1, January, 2026);
  Settings::instance().evaluationDate() = today;
  const DayCounter days = Actual365Fixed();
  std::vector<ext::shared_ptr<StochasticProcess1D>> processes;
  for (double v : b.volatility) {
    // A yield of -v²/2 leaves log prices without drift.
    processes.push_back(ext::make_shared<BlackScholesMertonProcess>(
      Handle<Quote>(ext::make_shared<SimpleQuote>(b.spot)),
      Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, -0.5 * v * v, days)),
      Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, 0.0, days)),
      Handle<BlackVolTermStructure>(ext::make_shared<BlackConstantVol>(today, NullCalendar(), v, days))));
  }
  auto process = ext::make_shared<StochasticProcessArray>(processes, b.correlation);
  const TimeGrid grid(b.horizon, b.steps);
  MultiPathGenerator<PseudoRandom::rsg_type> paths(
    process, grid, PseudoRandom::make_sequence_generator(b.assets * b.steps, 7));
  const std::vector<Ladder> ladders = laddersOf(b);
  for (double& loss : losses) {
    const MultiPath& path = paths.next().value;
    loss = 0;
    for (int side = 0; side < 2 * b.assets; side++) {
      const Ladder& ladder = ladders[side];
      const Path& prices = path[side / 2];
      size_t next = 0;
      for (int step = 1; step <= b.steps; step++) {
        const double price = prices[step];
        while (next < ladder.prices.size() && (side % 2 == 0 ? price <= ladder.prices[next] : price >= ladder.prices[next])) {
          loss += closeOut(b, *ladder.accounts[next++], price);
        }
      }
      for (; next < ladder.prices.size(); next++) loss += (*ladder.accounts[next])[1] * (prices.back() - b.spot);
    }
  }
}

int main(int count, char** words) {
  if (count < 3) return 2;
  const std::string style = words[1];
  const Books books = readBooks(words[2]);
  char workload[16], out[512];
  int size;
  while (scanf("%15s %d %511s", workload, &size, out) == 3) {
    const std::string name = workload;
    std::vector<double> answer(name == "W0" ? 1 : size);
    const std::clock_t start = std::clock();
    if (name == "W0") {
      answer[0] = style == "polar" ? drawNormals<BoxMullerGaussianRng<MersenneTwisterUniformRng>>(size)
                                   : drawNormals<InverseCumulativeRng<MersenneTwisterUniformRng, InverseCumulativeNormal>>(size);
    } else if (name == "W1") revalue(books, style == "engine", answer);
    else liquidate(books, answer);
    const double nanoseconds = (std::clock() - start) * (1e9 / CLOCKS_PER_SEC);
    if (out[0] != '-') {
      std::ofstream(out, std::ios::binary).write((const char*)answer.data(), 8 * answer.size());
    }
    printf("%.0f\n", nanoseconds);
    fflush(stdout);
  }
}
