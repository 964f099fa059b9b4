import Foundation
import Synchronization

/// A part of a measurement.
public struct Phase: Encodable, Equatable, Sendable {
  /// What was done.
  public let name: String
  /// Wall seconds.
  public let seconds: Double
  /// Seconds of processor time, of all threads together: what another load on the machine hardly changes.
  public let processorSeconds: Double
}

/// Splits the time between `start` and now into phases, from whatever thread.
final class Stopwatch: Sendable {
  private struct State {
    var last = ContinuousClock.now
    var lastProcessor = processorSeconds()
    var phases: [Phase] = []
  }

  private let state = Mutex(State())

  /// Forgets everything; the first phase begins.
  func start() {
    state.withLock {
      $0 = State()
    }
  }

  /// Ends a phase; the next one begins.
  @discardableResult
  func lap(_ name: String) -> Phase {
    let (now, processor) = (ContinuousClock.now, processorSeconds())
    return state.withLock {
      let phase = Phase(
        name: name, seconds: (now - $0.last).seconds, processorSeconds: processor - $0.lastProcessor)
      $0.phases.append(phase)
      $0.lastProcessor = processorSeconds()
      $0.last = .now
      return phase
    }
  }

  /// The phases since the start.
  var phases: [Phase] { state.withLock { $0.phases } }
}

/// Seconds of processor time that this process has used, on all threads.
private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
