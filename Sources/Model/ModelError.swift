/// What this target refuses, and what it expected instead.
package enum ModelError: Error, Equatable, Sendable {
  /// A file that could not be read.
  case unreadableFile(file: String, reason: String)
  /// A file that could not be written.
  case unwritableFile(file: String, reason: String)
  /// A field of a JSON file that is missing or malformed.
  case malformedField(file: String, field: String, expected: String)
  /// A well-formed feature that this version does not implement.
  case unsupported(file: String, feature: String, expected: String)
  /// A weights file whose structure is broken.
  case malformedSafetensors(file: String, reason: String)
  /// A GGUF file whose structure is broken.
  case malformedGGUF(file: String, reason: String)
  /// A tensor that the architecture needs and the file lacks.
  case missingTensor(file: String, tensor: String)
  /// A tensor whose dtype, shape or values are not what the architecture needs.
  case unexpectedTensor(file: String, tensor: String, found: String, expected: String)
  /// Parameters or weights that do not fit the configuration.
  case inconsistentParameters(name: String, expected: String)
  /// A table entry too close to a rounding tie to be reproducible with another mathematics library.
  case ambiguousTableEntry(table: String, index: Int)
  /// An integer activation that needs more bits than the model gives it; `layer` is nil outside the layers.
  case activationOverflow(layer: Int?, tensor: String, bits: Int, width: Int)
  /// A number of positions that the model does not allow.
  case positionsOutOfRange(found: Int, maximum: Int)
  /// A token sequence without tokens.
  case emptyTokens
  /// A token id that is not in the vocabulary.
  case tokenOutOfVocabulary(token: Int, vocabulary: Int)
  /// A text that does not fit the positions.
  case textTooLong(tokens: Int, positions: Int)
  /// A request for no new token at all.
  case nothingToGenerate
}

extension ModelError: CustomStringConvertible {
  /// One sentence for the person who supplied the input.
  package var description: String {
    switch self {
    case .unreadableFile(let file, let reason):
      return "\(file) cannot be read: \(reason)."
    case .unwritableFile(let file, let reason):
      return "\(file) cannot be written: \(reason)."
    case .malformedField(let file, let field, let expected):
      return "\(file): \(field) is missing or malformed; expected \(expected)."
    case .unsupported(let file, let feature, let expected):
      return "\(file): \(feature) is not supported; expected \(expected)."
    case .malformedSafetensors(let file, let reason):
      return "\(file) is not a valid safetensors file: \(reason)."
    case .malformedGGUF(let file, let reason):
      return "\(file) is not a valid GGUF file: \(reason)."
    case .missingTensor(let file, let tensor):
      return "\(file) lacks the tensor \(tensor)."
    case .unexpectedTensor(let file, let tensor, let found, let expected):
      return "\(file): tensor \(tensor) has \(found); expected \(expected)."
    case .inconsistentParameters(let name, let expected):
      return "Model parameters: \(name) does not fit; expected \(expected)."
    case .ambiguousTableEntry(let table, let index):
      return "Entry \(index) of the table \(table) is too close to a rounding tie to be reproducible."
    case .activationOverflow(let layer, let tensor, let bits, let width):
      let place = layer.map { "Layer \($0), tensor \(tensor)" } ?? "Tensor \(tensor)"
      return "\(place): a value needs \(bits) bits, but the model has \(width)."
    case .positionsOutOfRange(let found, let maximum):
      return "\(found) positions were asked for; the model allows 1 to \(maximum)."
    case .emptyTokens:
      return "The prompt has no tokens; at least one is needed."
    case .tokenOutOfVocabulary(let token, let vocabulary):
      return "Token \(token) is not in the vocabulary of \(vocabulary) tokens."
    case .textTooLong(let tokens, let positions):
      return "The text has \(tokens) tokens; the model was set up for at most \(positions)."
    case .nothingToGenerate:
      return "Zero new tokens were asked for; at least one is needed."
    }
  }
}
