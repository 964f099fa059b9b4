import Foundation

/// What happens to the text between added tokens before it is cut into words.
enum TextNormalization: Equatable, Sendable {
  /// Where a mark is put in front of a text whose spaces were replaced by marks.
  enum Front: Equatable, Sendable {
    /// Always.
    case always
    /// Unless the text begins with a mark.
    case whereMissing
    /// Unless the text begins with a mark, and only where no added token came before.
    case whereMissingAtStart
    /// Never.
    case never
  }

  /// Nothing.
  case none
  /// Characters are composed: Unicode's form NFC.
  case composed
  /// Spaces become U+2581, and one is put in front.
  case marked(Front)

  /// A text, which is not empty, after it.
  func callAsFunction(_ text: String, isAtStart: Bool) -> String {
    switch self {
    case .none: return text
    case .composed: return text.precomposedStringWithCanonicalMapping
    case .marked(let front):
      let mark: Unicode.Scalar = "\u{2581}"
      var scalars = String.UnicodeScalarView()
      for scalar in text.unicodeScalars { scalars.append(scalar == " " ? mark : scalar) }
      let isMissing = scalars.first != mark
      switch front {
      case .always: break
      case .whereMissing: if !isMissing { return String(scalars) }
      case .whereMissingAtStart: if !isMissing || !isAtStart { return String(scalars) }
      case .never: return String(scalars)
      }
      scalars.insert(mark, at: scalars.startIndex)
      return String(scalars)
    }
  }
}
