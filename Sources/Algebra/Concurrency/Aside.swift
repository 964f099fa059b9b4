import Dispatch
import Synchronization

/// Tasks that go on beside their maker's work, for stretches in which that keeps only one processor busy.
///
/// One more thread takes the tasks in order; whoever asks for the results takes what is left of them with it, all of them if
/// that thread has not come to it. Results do not depend on who did what.
package final class Aside<Result: Sendable>: Sendable {
  private typealias Task = @Sendable (Int) -> Result

  private struct State {
    var next = 0
    var task: Task?
    var results: [Result?]
  }

  private let count: Int
  private let state: Mutex<State>
  /// The tasks that are being done.
  private let running = DispatchGroup()

  /// Starts `count` tasks, the one with index i giving `task(i)`.
  package init(count: Int, task: @escaping @Sendable (Int) -> Result) {
    self.count = count
    state = Mutex(State(task: task, results: Array(repeating: nil, count: count)))
    guard Parallel.processorCount > 1 && count > 0 else { return }
    DispatchQueue.global().async { self.work() }
  }

  /// Waits for all tasks to end; what they gave, in order, to be asked for once: neither the task nor a result is held here any
  /// more.
  package func results() -> [Result] {
    work()
    // Only for tasks that a thread is at: one that has not started would need a thread that may be waiting here.
    running.wait()
    return state.withLock { state in
      defer { (state.task, state.results) = (nil, []) }
      return state.results.compactMap(\.self)
    }
  }

  /// Does tasks until all are taken.
  private func work() {
    while perform() { running.leave() }
  }

  /// Does the next task, of which nothing is held here when it returns; false if all are taken.
  @inline(never) private func perform() -> Bool {
    guard let (index, task) = taken() else { return false }
    let result = task(index)
    state.withLock { $0.results[index] = result }
    return true
  }

  private func taken() -> (Int, Task)? {
    state.withLock { state in
      guard state.next < count, let task = state.task else { return nil }
      running.enter()
      defer { state.next += 1 }
      return (state.next, task)
    }
  }
}
