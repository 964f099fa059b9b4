/// Cuts text into the words that byte-pair encoding works on.
///
/// Of the regular expressions in use, those published with GPT-2, LLaMA 3 and Qwen2 are known; each is implemented as a
/// hand-written matcher over Unicode scalars (leftmost alternative first, as the expressions say).
package enum Pretokenizer: Equatable, Sendable {
  /// GPT-2's expression.
  case gpt2
  /// LLaMA 3's expression.
  case llama3
  /// Qwen2's expression: LLaMA 3's with every digit by itself.
  case qwen2
  /// Every scalar of a number category by itself.
  case digits

  /// GPT-2's expression as files write it.
  static let gpt2Expression =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  /// LLaMA 3's expression as files write it.
  static let llama3Expression = longExpression(digits: #"\p{N}{1,3}"#)
  /// Qwen2's expression as files write it.
  static let qwen2Expression = longExpression(digits: #"\p{N}"#)

  private static func longExpression(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The words of `text`, in order; together they are the text.
  package func words(_ text: Substring.UnicodeScalarView) -> [Substring.UnicodeScalarView] {
    let scalars = Scalars(text)
    var words: [Substring.UnicodeScalarView] = []
    var position = 0
    var start = text.startIndex
    while position < scalars.count {
      let end = self.end(scalars, position)
      let next = text.index(start, offsetBy: end - position)
      words.append(text[start..<next])
      (position, start) = (end, next)
    }
    return words
  }

  private func end(_ text: Scalars, _ start: Int) -> Int {
    switch self {
    case .gpt2: return Self.gpt2End(text, start)
    case .llama3: return Self.longEnd(text, start, digits: 3)
    case .qwen2: return Self.longEnd(text, start, digits: 1)
    case .digits:
      if text.kinds[start] == .number { return start + 1 }
      return text.run(from: start) { text.kinds[$0] != .number }
    }
  }

  private static func gpt2End(_ text: Scalars, _ start: Int) -> Int {
    if let end = text.contractionEnd(start, anyCase: false) { return end }
    let body = text.scalars[start] == " " ? start + 1 : start
    if body < text.count && text.kinds[body] != .space {
      let kind = text.kinds[body]
      return text.run(from: body) { text.kinds[$0] == kind }
    }
    return text.spacesEnd(start)
  }

  private static func longEnd(_ text: Scalars, _ start: Int, digits: Int) -> Int {
    if let end = text.contractionEnd(start, anyCase: true) { return end }
    let kind = text.kinds[start]
    let startsLine = text.isLineEnd(start)
    let afterPrefix = kind == .letter || kind == .number || startsLine ? start : start + 1
    if afterPrefix < text.count && text.kinds[afterPrefix] == .letter {
      return text.run(from: afterPrefix) { text.kinds[$0] == .letter }
    }
    if kind == .number { return text.run(from: start, limit: digits) { text.kinds[$0] == .number } }
    let body = text.scalars[start] == " " ? start + 1 : start
    if body < text.count && text.kinds[body] == .other {
      let end = text.run(from: body) { text.kinds[$0] == .other }
      return text.run(from: end) { text.isLineEnd($0) }
    }
    let spaces = text.run(from: start) { text.kinds[$0] == .space }
    if let last = (start..<spaces).last(where: { text.isLineEnd($0) }) { return last + 1 }
    return text.spacesEnd(start)
  }
}

/// Scalars of a text with their classes.
private struct Scalars {
  /// What the expressions tell apart: \p{L}, \p{N}, \s, and the rest.
  enum Kind: Equatable {
    case letter
    case number
    case space
    case other
  }

  let scalars: [Unicode.Scalar]
  let kinds: [Kind]
  var count: Int { scalars.count }

  init(_ text: Substring.UnicodeScalarView) {
    scalars = Array(text)
    kinds = scalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
      case .decimalNumber, .letterNumber, .otherNumber: return .number
      default: return scalar.properties.isWhitespace ? .space : .other
      }
    }
  }

  func isLineEnd(_ index: Int) -> Bool { scalars[index] == "\n" || scalars[index] == "\r" }

  /// The first index from `start` on that does not satisfy `belongs`, or `start + limit`.
  func run(from start: Int, limit: Int = .max, _ belongs: (Int) -> Bool) -> Int {
    var end = start
    while end < count && end - start < limit && belongs(end) { end += 1 }
    return end
  }

  /// The end of \s+(?!\S)|\s+ : a run of spaces leaves its last one to the word behind it.
  func spacesEnd(_ start: Int) -> Int {
    let end = run(from: start) { kinds[$0] == .space }
    return end < count && end > start + 1 ? end - 1 : end
  }

  /// The end of 's, 't, 're, 've, 'm, 'll or 'd, if one begins here.
  func contractionEnd(_ start: Int, anyCase: Bool) -> Int? {
    guard scalars[start] == "'" else { return nil }
    func letter(_ index: Int) -> Unicode.Scalar? {
      guard index < count else { return nil }
      let scalar = scalars[index]
      if !anyCase { return scalar }
      if scalar.value == 0x17f { return "s" }  // the long s folds to s
      return scalar.isASCII && scalar.properties.isUppercase ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }
    switch (letter(start + 1), letter(start + 2)) {
    case ("s", _), ("t", _), ("m", _), ("d", _): return start + 2
    case ("r", "e"), ("v", "e"), ("l", "l"): return start + 3
    default: return nil
    }
  }
}
