// Threads that share a launch's work-items. Which thread runs an item never changes its result.
#include "flush_to_zero.h"
#include "instruction_sets.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <sched.h>
#include <system_error>
#include <thread>
#include <vector>

thread_local int32_t native_worker = 0;

int32_t native_processor_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
    return CPU_COUNT(&set);
  const unsigned count = std::thread::hardware_concurrency();
  return count > 0 ? int32_t(count) : 1;
}

struct native_pool {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable wake;
  // Upper half: twice the number of launches, less one while the launch is open to workers. Lower
  // half: how many workers are in it.
  std::atomic<uint64_t> state{0};
  std::atomic<bool> stop{false};
  native_kernel run = nullptr;
  const void *const *arguments = nullptr;
  int32_t chunk = 1;

  // A thread's own items, neighbours: those of the next launch are mostly made of what they made,
  // which is then in its core's caches.
  struct alignas(64) Share {
    std::atomic<int32_t> next{0};
    int32_t last = 0;
  };
  std::vector<Share> shares;

  explicit native_pool(int32_t threads) : shares(size_t(threads)) {}

  void cut(int32_t items) {
    const int64_t count = int64_t(shares.size());
    for (int64_t i = 0; i < count; i++) {
      shares[i].next.store(int32_t(items * i / count), std::memory_order_relaxed);
      shares[i].last = int32_t(items * (i + 1) / count);
    }
    // Few enough at a time that threads end together.
    chunk = items / (int32_t(count) * 32) + 1;
  }

  // This thread's share, then what others have left of theirs.
  void work_off() {
    for (size_t i = 0; i < shares.size(); i++) {
      Share &share = shares[(size_t(native_worker) + i) % shares.size()];
      for (;;) {
        const int32_t first = share.next.fetch_add(chunk, std::memory_order_relaxed);
        if (first >= share.last)
          break;
        run(arguments, first, std::min(share.last, first + chunk));
      }
    }
  }

  static uint64_t launch(uint64_t state) { return state >> 32; }
  static bool isOpen(uint64_t state) { return launch(state) & 1; }

  // A launch follows the last within microseconds while a network runs: look for it a little
  // while before sleeping.
  void work() {
    const FlushToZero mode;
    uint64_t seen = 0;
    for (;;) {
      uint64_t now = state.load(std::memory_order_acquire);
      for (int spin = 0; spin < 4000 && launch(now) == seen; spin++) {
        pause();
        now = state.load(std::memory_order_acquire);
      }
      if (launch(now) == seen) {
        std::unique_lock<std::mutex> lock(mutex);
        wake.wait(lock, [&] {
          now = state.load(std::memory_order_acquire);
          return launch(now) != seen;
        });
      }
      if (stop.load(std::memory_order_acquire))
        return;
      seen = launch(now);
      // A worker that comes late stays out, so that nobody waits for a thread that is not running.
      while (isOpen(now) && launch(now) == seen)
        if (state.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel)) {
          work_off();
          state.fetch_sub(1, std::memory_order_release);
          break;
        }
    }
  }

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  // Opens the next launch, or closes the one that is open.
  void turn() { state.fetch_add(uint64_t(1) << 32, std::memory_order_acq_rel); }

  void open() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      turn();
    }
    wake.notify_all();
  }

  void close() {
    turn();
    for (int spin = 0; uint32_t(state.load(std::memory_order_acquire)) > 0; spin++)
      spin < 4000 ? pause() : std::this_thread::yield();
  }
};

native_pool *native_pool_create(int32_t threads) {
  auto *pool = new native_pool(threads);
  try {
    for (int32_t i = 1; i < threads; i++)
      pool->threads.emplace_back([pool, i] {
        native_worker = i;
        pool->work();
      });
  } catch (const std::system_error &) { // the system allows no more threads
    native_pool_destroy(pool);
    return nullptr;
  }
  return pool;
}

void native_pool_destroy(native_pool *pool) {
  pool->stop.store(true, std::memory_order_release);
  pool->open();
  for (auto &thread : pool->threads)
    thread.join();
  delete pool;
}

void native_pool_run(native_pool *pool, native_kernel run, const void *const *arguments,
                     int32_t items) {
  const FlushToZero mode;
  const int32_t workers = int32_t(pool->threads.size());
  if (workers == 0 || items < 2) {
    run(arguments, 0, items);
    return;
  }
  pool->run = run;
  pool->arguments = arguments;
  pool->cut(items);
  pool->open();
  pool->work_off();
  pool->close();
}
