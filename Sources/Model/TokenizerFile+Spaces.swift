// Tokenizers that come from SentencePiece (LLaMA 2, Mistral): spaces are written as a mark, words are not cut, and
// characters without a token fall back to their bytes.
extension TokenizerFile {
  /// What stands for a space.
  private static let mark = "\u{2581}"

  /// Whether spaces are marked, so that the vocabulary is one of characters, not of bytes.
  var marksSpaces: Bool {
    if pre_tokenizer?.type == "Metaspace" { return true }
    return pre_tokenizer == nil && normalizer?.normalizers?.first?.type == "Prepend"
  }

  /// What happens to text between added tokens; throws `unsupported`.
  func normalization(file: String) throws -> TextNormalization {
    func unsupported(_ feature: String, _ expected: String) -> ModelError {
      .unsupported(file: file, feature: feature, expected: expected)
    }
    guard marksSpaces else {
      switch normalizer?.type {
      case nil: return .none
      case "NFC": return .composed
      case let type?: throw unsupported("normalizer \(type)", "null or NFC")
      }
    }
    guard let stage = pre_tokenizer else {
      let stages = normalizer?.normalizers ?? []
      guard stages.count == 2, stages[0].prepend == Self.mark, stages[1].type == "Replace",
        stages[1].pattern?.String == " ", stages[1].content == Self.mark
      else {
        throw unsupported("a normalizer that begins with Prepend", "Prepend \(Self.mark), Replace of a space by it")
      }
      return .marked(.always)
    }
    guard normalizer == nil, stage.replacement == Self.mark, stage.split == false else {
      throw unsupported("Metaspace", "no normalizer before it, the replacement \(Self.mark), split false")
    }
    switch stage.prepend_scheme {
    case "always": return .marked(.whereMissing)
    case "first": return .marked(.whereMissingAtStart)
    case "never": return .marked(.never)
    default: throw unsupported("Metaspace without prepend_scheme", "always, first or never")
    }
  }

  /// Whether decoding takes away a space at the front; throws `unsupported` for a decoder that does not belong to the
  /// vocabulary.
  func stripsLeadingSpace(file: String) throws -> Bool {
    func unsupported(_ expected: String) -> ModelError {
      let name = decoder?.type ?? "null"
      return .unsupported(
        file: file, feature: "decoder \(name)\(marksSpaces ? " where spaces are marked (Metaspace or Prepend)" : "")",
        expected: expected)
    }
    guard marksSpaces else {
      if let decoder, decoder.type != "ByteLevel" { throw unsupported("ByteLevel") }
      return false
    }
    let stages = decoder?.decoders ?? []
    guard decoder?.type == "Sequence", stages.prefix(3).map(\.type) == ["Replace", "ByteFallback", "Fuse"],
      stages.count <= 4,
      stages[0].pattern?.String == Self.mark, stages[0].content == " "
    else { throw unsupported("a Sequence of Replace \(Self.mark) by a space, ByteFallback, Fuse and Strip") }
    guard let strip = stages.dropFirst(3).first else { return false }
    guard strip.type == "Strip", strip.content == " ", (0...1).contains(strip.start ?? -1), strip.stop == 0 else {
      throw unsupported("Strip of one space at the start")
    }
    return strip.start == 1
  }
}
