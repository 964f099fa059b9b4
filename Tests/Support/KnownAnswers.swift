package import Algebra
package import Foundation

/// Why a file of known answers could not be read.
package enum KnownAnswerError: Error, Equatable {
  /// The bundle lacks the file.
  case missing(String)
  /// A text is not the hexadecimal form of a field element.
  case notAnElement(String)
}

/// The contents of `Vectors/name.json` in a test bundle.
package func knownAnswers<Contents: Decodable>(_ name: String, in bundle: Bundle) throws -> Contents {
  guard let url = bundle.url(forResource: name, withExtension: "json", subdirectory: "Vectors") else {
    throw KnownAnswerError.missing(name)
  }
  return try JSONDecoder().decode(Contents.self, from: Data(contentsOf: url))
}

/// Field elements from their hexadecimal forms.
package func elements<F: PrimeField>(_ texts: [String]) throws -> [F] {
  try texts.map { text in
    guard let element = F(hexadecimal: text) else { throw KnownAnswerError.notAnElement(text) }
    return element
  }
}
