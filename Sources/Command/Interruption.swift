import Dispatch
import Foundation
import LayerFold

/// What happens when a person or the system ends the program early.
enum Interruption {
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
        signal(number, SIG_DFL)
        kill(getpid(), number)
      }
      source.resume()
      return source
    }
  }
}
