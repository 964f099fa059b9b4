import Dispatch
import Synchronization

/// Tasks that go on beside their maker's work, for stretches in which that keeps only one processor busy.
///
/// One more thread takes the tasks in order; whoever asks for the results takes what is left of them with it. Results do not
/// depend on who did what.
package final class Aside<Result: Sendable>: Sendable {
  private struct State {
    var next = 0
    var results: [Result?]
  }

  private let count: Int
  private let task: @Sendable (Int) -> Result
  private let state: Mutex<State>
  private let helper = DispatchGroup()

  /// Starts `count` tasks, the one with index i giving `task(i)`.
  package init(count: Int, task: @escaping @Sendable (Int) -> Result) {
    self.count = count
    self.task = task
    state = Mutex(State(results: Array(repeating: nil, count: count)))
    guard Parallel.processorCount > 1 && count > 0 else { return }
    DispatchQueue.global().async(group: helper) { self.work() }
  }

  /// Waits for all tasks to end; what they gave, in order, to be asked for once: nothing is held here any more.
  package func results() -> [Result] {
    work()
    helper.wait()
    return state.withLock { state in
      defer { state.results = [] }
      return state.results.compactMap(\.self)
    }
  }

  /// Does tasks until all are taken.
  private func work() {
    while let index = taken() {
      let result = task(index)
      state.withLock { $0.results[index] = result }
    }
  }

  private func taken() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }
}
