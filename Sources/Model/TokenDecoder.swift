/// Tokens back to text.
struct TokenDecoder: Sendable {
  /// The text of every token in bytes.
  private var texts: [Int: [UInt8]] = [:]
  /// Tokens that stand for one byte of a character that has no token.
  private var fallbacks: [Int: UInt8] = [:]
  /// Whether one space at the front is taken away.
  private let stripsLeadingSpace: Bool

  /// How a vocabulary names the token of a byte: <0x0A>.
  static func fallbackName(_ byte: UInt8) -> [UInt8] {
    let digits = String(byte, radix: 16, uppercase: true)
    return Array("<0x\(digits.count == 1 ? "0" : "")\(digits)>".utf8)
  }

  /// A decoder for tokens by their bytes and for added ones; where spaces are marked, marks become spaces again.
  init(
    _ vocabulary: [[UInt8]: Int], added: [(token: Int, content: String)], marksSpaces: Bool, stripsLeadingSpace: Bool
  ) {
    self.stripsLeadingSpace = stripsLeadingSpace
    for (bytes, token) in vocabulary {
      texts[token] = marksSpaces ? Self.unmarked(bytes) : bytes
    }
    if marksSpaces {
      for byte in UInt8.min...UInt8.max {
        if let token = vocabulary[Self.fallbackName(byte)] { fallbacks[token] = byte }
      }
    }
    for (token, content) in added { texts[token] = Array(content.utf8) }
  }

  /// The text of `tokens`; ids without a token are left out, broken UTF-8 is repaired with U+FFFD.
  func decode(_ tokens: [Int]) -> String {
    var bytes: [UInt8] = []
    var run: [UInt8] = []
    func flush() {
      // As the tokenizers library does: a run that is no text becomes as many replacement characters as bytes.
      if String(validating: run, as: UTF8.self) != nil {
        bytes += run
      } else {
        for _ in run { bytes += Array("\u{fffd}".utf8) }
      }
      run = []
    }
    for token in tokens {
      if let byte = fallbacks[token] {
        run.append(byte)
      } else if let text = texts[token] {
        if !run.isEmpty { flush() }
        bytes += text
      }
    }
    if !run.isEmpty { flush() }
    let isStripped = stripsLeadingSpace && bytes.first == UInt8(ascii: " ")
    return String(decoding: isStripped ? bytes.dropFirst() : bytes[...], as: UTF8.self)
  }

  /// Every U+2581 (E2 96 81) replaced by a space.
  private static func unmarked(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if bytes[position...].starts(with: [0xe2, 0x96, 0x81]) {
        result.append(UInt8(ascii: " "))
        position += 3
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return result
  }
}
