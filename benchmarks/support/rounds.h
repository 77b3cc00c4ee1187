// SPDX-License-Identifier: Apache-2.0
//
// Compares two pieces of work by turns, so that what else the machine does falls on both: each
// iteration of a benchmark is a round of one batch of each, and what counts is the median of what
// the rounds say.

#ifndef DOORWARD_BENCHMARKS_SUPPORT_ROUNDS_H_
#define DOORWARD_BENCHMARKS_SUPPORT_ROUNDS_H_

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <vector>

#include <benchmark/benchmark.h>

namespace doorward::benchmarks {

// Nanoseconds that this thread has had a processor.
inline double ThreadTime() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// REQUIRES: some values.
inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Nanoseconds that a run of `step` takes, of `batch` runs.
template <class Step>
double TimeOf(size_t batch, const Step& step) {
  const double start = ThreadTime();
  for (size_t i = 0; i < batch; ++i) benchmark::DoNotOptimize(step());
  return (ThreadTime() - start) / static_cast<double>(batch);
}

// Medians over the rounds, in nanoseconds of one unit of work.
struct Comparison {
  double first, second;
  double difference;  // first - second
  double ratio;       // first / second
};

// Runs `first(round)` and `second(round)` by turns for as long as `state` wants, each first in
// every other round. Both return how long a unit of their work took. Wants manual time.
template <class First, class Second>
Comparison CompareByTurns(benchmark::State& state, const First& first, const Second& second) {
  std::vector<double> firsts, seconds, differences, ratios;
  for (auto _ : state) {
    const size_t round = firsts.size();
    double one = 0, other = 0;
    if (round % 2 == 0) {
      one = first(round);
      other = second(round);
    } else {
      other = second(round);
      one = first(round);
    }
    firsts.push_back(one);
    seconds.push_back(other);
    differences.push_back(one - other);
    ratios.push_back(one / other);
    state.SetIterationTime(one * 1e-9);
  }
  return {Median(firsts), Median(seconds), Median(differences), Median(ratios)};
}

}  // namespace doorward::benchmarks

#endif  // DOORWARD_BENCHMARKS_SUPPORT_ROUNDS_H_
