// The engine's kernels in C++, for its speed and as an oracle of its bits. See bench/peers/README.md.
//   native <folder>, then lines on standard input: workload, size, file for the answer or -
#include <ctime>
#include <string>
#include <vector>
#include "simulate.hpp"

static double cpuNanoseconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

/** Round keys of a seed, four times each. */
static std::vector<uint32_t> schedule(uint32_t low, uint32_t high) {
  std::vector<uint32_t> keys;
  for (int round = 0; round < 10; round++, low += 0x9e3779b9, high += 0xbb67ae85) {
    keys.insert(keys.end(), 4, low);
    keys.insert(keys.end(), 4, high);
  }
  return keys;
}

/** Eight normals of every path; each tile goes to `keep` or over the one before. */
static void drawNormals(int count, double* keep) {
  const std::vector<uint32_t> keys = schedule(7, 0);
  alignas(64) static double tile[8 * TILE];
  uint32_t paths[TILE];
  for (int done = 0; done < count; done += 8 * TILE) {
    for (int i = 0; i < TILE; i++) paths[i] = done / 8 + i;
    normals(keep ? keep + done : tile, paths, TILE, TILE, keys.data(), 0, 0, 2);
    asm volatile("" ::: "memory");
  }
}

int main(int count, char** words) {
  const std::string folder = count > 1 ? words[1] : ".";
  char workload[16], out[512];
  int size;
  std::string loaded;
  Memory memory{};
  while (scanf("%15s %d %511s", workload, &size, out) == 3) {
    const bool isNormals = std::string(workload) == "W0", isKept = out[0] != '-';
    if (!isNormals && loaded != workload) {
      memory = readImage((folder + "/" + workload + ".image").c_str());
      loaded = workload;
    }
    std::vector<double> answer(isNormals ? (isKept ? size : 0) : (size + TILE - 1) / TILE * TILE);
    const double start = cpuNanoseconds();
    if (isNormals) drawNormals(size, isKept ? answer.data() : nullptr);
    else simulate(memory, answer.data(), size);
    const double end = cpuNanoseconds();
    if (isKept) {
      FILE* file = fopen(out, "wb");
      fwrite(answer.data(), 8, size, file);
      fclose(file);
    }
    printf("%.0f\n", end - start);
    fflush(stdout);
  }
}
