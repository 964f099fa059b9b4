import Foundation
import LayerFold

/// Shows on standard error how far a proof is: a bar on a terminal, plain lines elsewhere.
struct ProgressReport {
  private let start = ContinuousClock.now
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private static let width = 24

  /// Shows one event.
  func show(_ event: ProvingEvent) {
    switch event {
    case .resumed(let step, let count, let ignoring):
      for reason in ignoring { line(reason) }
      line("resumed after step \(step)/\(count)")
    case .saved: break
    case .generated(let index, let continuation):
      line("prompt \(index + 1): \(continuation.promptTokens.count) + \(continuation.outputTokens.count) tokens")
    case .salted: break
    case .step(let step):
      let state = "step \(step.index)/\(step.count)  \(step.name)  \(usage)"
      if isTerminal {
        let done = Self.width * step.index / max(step.index, step.count)
        let bar = String(repeating: "#", count: done) + String(repeating: ".", count: Self.width - done)
        write("\r\u{1B}[K[\(bar)] \(state)")
      } else {
        write(state + "\n")
      }
    case .compressing: line("compressing  \(usage)")
    case .measured: line("done  \(usage)")
    case .finished: break
    }
  }

  private var usage: String {
    "\((ContinuousClock.now - start).seconds.formattedSeconds)  \(ProcessMemory.current.formattedBytes)"
  }

  /// A line of its own, also when a bar is shown.
  private func line(_ text: String) { write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
