import Dispatch
import Foundation
import LayerFold
import Synchronization

/// What happens when a person or the system ends the program early.
enum Interruption {
  private static let lastWords = Mutex("")

  /// What is said on standard error from now on when a signal ends the program; nothing if it is empty.
  static func farewell(_ text: String) { lastWords.withLock { $0 = text } }

  /// From now on SIGINT and SIGTERM remove unfinished files before they end the process, unless the process was started
  /// with them ignored; lasts as long as the result.
  static func removesUnfinishedFiles() -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].compactMap { number in
      // The default handler is imported as nil.
      if let inherited = signal(number, SIG_IGN) {
        signal(number, inherited)
        return nil
      }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
      source.setEventHandler {
        UnfinishedFiles.removeAll()
        let words = lastWords.withLock { $0 }
        if !words.isEmpty { StandardError.write("\n" + words) }
        signal(number, SIG_DFL)
        kill(getpid(), number)
      }
      source.resume()
      return source
    }
  }
}
