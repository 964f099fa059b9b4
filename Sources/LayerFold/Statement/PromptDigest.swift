import Algebra

/// The digest of a prompt under a salt: what a proof says of a private prompt, besides its length.
public struct PromptDigest: Hashable, Sendable {
  /// H("prompt"; H("salt"; salt, requested number of tokens), P, tokens).
  let element: ScalarField

  /// The digest with this value.
  init(_ element: ScalarField) { self.element = element }
}

/// The secret that hides a private prompt in its digest; with the prompt it lets anybody check the digest.
public struct PromptSalt: Hashable, Sendable {
  /// A uniformly random element, fresh for each inference.
  let element: ScalarField

  /// The salt with this value.
  init(_ element: ScalarField) { self.element = element }

  /// A fresh salt.
  init(using generator: inout some RandomNumberGenerator) { element = .random(using: &generator) }

  /// The salt written as 64 hexadecimal digits; nil for anything else.
  public init?(hexadecimal text: String) {
    guard let element = ScalarField(hexadecimal: text) else { return nil }
    self.element = element
  }
}

extension PromptDigest: CustomStringConvertible {
  /// 64 hexadecimal digits in lower case.
  public var description: String { element.hexadecimal }
}

extension PromptSalt: CustomStringConvertible {
  /// 64 hexadecimal digits in lower case.
  public var description: String { element.hexadecimal }
}

extension ScalarField {
  /// The canonical representative as 64 hexadecimal digits, most significant first.
  fileprivate var hexadecimal: String { ModelIdentifier(bytes: bytes.reversed()).map { "\($0)" } ?? "" }

  /// The element with this canonical representative; nil for anything else.
  fileprivate init?(hexadecimal text: String) {
    guard let digits = ModelIdentifier(hexadecimal: text), let element = Self(bytes: digits.bytes.reversed()) else {
      return nil
    }
    self = element
  }
}
