// The engine's memory as it stands after a pool has been laid: addresses are offsets into it.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include "plan.hpp" // written by the runner from src/engine/plan.ts

struct Memory {
  char* base;
  uint32_t plan;

  template <class T> T* at(uint32_t address) const { return reinterpret_cast<T*>(base + address); }
  /** A field of a record; records are not always on a multiple of eight. */
  template <class T> T get(uint32_t address) const {
    T value;
    memcpy(&value, base + address, sizeof value);
    return value;
  }
  uint32_t word(uint32_t record, uint32_t field) const { return get<uint32_t>(record + field); }
  double real(uint32_t record, uint32_t field) const { return get<double>(record + field); }
};

/** Reads an image: address of the plan and size in 16 bytes, then the memory. */
static Memory readImage(const char* path) {
  FILE* file = fopen(path, "rb");
  uint32_t head[4];
  if (!file || fread(head, sizeof head, 1, file) != 1) { perror(path); exit(1); }
  const size_t bytes = head[1];
  char* base = static_cast<char*>(aligned_alloc(64, (bytes + 63) / 64 * 64));
  if (fread(base, 1, bytes, file) != bytes) { perror(path); exit(1); }
  fclose(file);
  return {base, head[0]};
}
