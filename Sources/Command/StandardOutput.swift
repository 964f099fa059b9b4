import Foundation
import LayerFold

/// The program's results, which go to standard output and nowhere else.
enum StandardOutput {
  /// Prints lines; throws `writeFailed`.
  static func write(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      throw LayerFoldError.writeFailed(path: "Standard output", reason: "writing failed")
    }
  }

  /// Prints one JSON object with keys in snake case; throws `writeFailed`.
  static func write(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(String(decoding: encoder.encode(value), as: UTF8.self))
  }
}

/// What people should know beside the results.
enum StandardError {
  /// Prints lines; nothing is done if nobody reads them.
  static func write(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
