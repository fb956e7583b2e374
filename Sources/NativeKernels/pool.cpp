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

// Threads write to one cache line as seldom as they can, since a line that another has written to
// takes longer to come than a small item takes to run: a thread waits for work at its own share,
// takes items from it there, and tells how many it has done on a line of its own.
struct native_pool {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable wake;
  std::atomic<int32_t> sleepers{0};
  std::atomic<bool> stop{false};

  // What the launch is. Nobody looks who has no item of it, and it stays until all are done.
  struct alignas(64) Job {
    native_kernel run = nullptr;
    const uint64_t *slots = nullptr;
  } job;

  // A thread's own items, neighbours: those of the next launch are mostly made of what they made,
  // which is then in its core's caches.
  struct alignas(64) Share {
    // Upper 16 bits: the launch's number. Lower ones: NONE plus how many items are left, or less
    // than NONE where threads came too late.
    std::atomic<uint64_t> left{NONE};
    // How many are taken at a time.
    std::atomic<int32_t> chunk{1};
    int32_t last = 0;
    // Items that its thread has done since there is a pool.
    alignas(64) std::atomic<uint64_t> done{0};
  };
  static constexpr uint64_t NONE = uint64_t(1) << 40;
  static constexpr int NUMBER = 48;
  std::vector<Share> shares;
  uint64_t number = 0;
  // Items that all but the caller have done.
  uint64_t done_by_others = 0;

  explicit native_pool(int32_t threads) : shares(size_t(threads)) {}

  static uint64_t number_of(uint64_t left) { return left >> NUMBER; }
  static int64_t count_of(uint64_t left) {
    return int64_t(left & ((uint64_t(1) << NUMBER) - 1)) - int64_t(NONE);
  }

  // Runs this thread's share, then what others have left of theirs; tells how many items.
  //
  // An item that is taken holds its launch open: whoever comes late, with an older launch in mind,
  // takes none of that one, and may well take some of the next.
  uint64_t work_off() {
    uint64_t done = 0;
    for (size_t i = 0; i < shares.size(); i++) {
      Share &share = shares[(size_t(native_worker) + i) % shares.size()];
      while (count_of(share.left.load(std::memory_order_relaxed)) > 0) {
        const int32_t chunk = share.chunk.load(std::memory_order_relaxed);
        const int64_t left =
            count_of(share.left.fetch_sub(uint64_t(chunk), std::memory_order_acq_rel));
        if (left <= 0)
          break;
        const int32_t count = int32_t(std::min<int64_t>(chunk, left));
        const int32_t first = share.last - int32_t(left);
        job.run(job.slots, first, first + count);
        done += uint64_t(count);
      }
    }
    return done;
  }

  // A launch follows the last within microseconds while a network runs: look for it a little
  // while before sleeping.
  void work() {
    const FlushToZero mode;
    Share &own = shares[size_t(native_worker)];
    uint64_t seen = 0;
    for (;;) {
      uint64_t now = number_of(own.left.load(std::memory_order_acquire));
      for (int spin = 0; spin < 4000 && now == seen; spin++) {
        pause();
        now = number_of(own.left.load(std::memory_order_acquire));
      }
      if (now == seen) {
        sleepers.fetch_add(1);
        std::unique_lock<std::mutex> lock(mutex);
        wake.wait(lock, [&] {
          now = number_of(own.left.load());
          return now != seen || stop.load();
        });
        sleepers.fetch_sub(1);
      }
      if (stop.load(std::memory_order_acquire))
        return;
      seen = now;
      if (const uint64_t done = work_off())
        own.done.store(own.done.load(std::memory_order_relaxed) + done, std::memory_order_release);
    }
  }

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  void open(int32_t items) {
    const int64_t count = int64_t(shares.size());
    number = (number + 1) & 0xffff;
    for (int64_t i = 0; i < count; i++) {
      const int64_t first = items * i / count, last = items * (i + 1) / count;
      shares[i].last = int32_t(last);
      // Few enough at a time that threads end together.
      shares[i].chunk.store(items / (int32_t(count) * 32) + 1, std::memory_order_relaxed);
      // Whoever sleeps was counted before this, or sees it.
      shares[i].left.store(number << NUMBER | (NONE + uint64_t(last - first)));
    }
    if (sleepers.load() > 0)
      wake_all();
  }

  void wake_all() {
    { std::lock_guard<std::mutex> lock(mutex); }
    wake.notify_all();
  }

  // Waits until the others have done what this thread has not.
  void close(uint64_t others) {
    done_by_others += others;
    for (int spin = 0; others > 0; spin++) {
      uint64_t done = 0;
      for (size_t i = 1; i < shares.size(); i++)
        done += shares[i].done.load(std::memory_order_acquire);
      if (done == done_by_others)
        return;
      spin < 4000 ? pause() : std::this_thread::yield();
    }
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
  pool->stop.store(true);
  pool->wake_all();
  for (auto &thread : pool->threads)
    thread.join();
  delete pool;
}

void native_pool_run(native_pool *pool, native_kernel run, const uint64_t *slots, int32_t items) {
  const FlushToZero mode;
  if (pool->threads.empty() || items < 2) {
    run(slots, 0, items);
    return;
  }
  pool->job = {run, slots};
  pool->open(items);
  pool->close(uint64_t(items) - pool->work_off());
}
