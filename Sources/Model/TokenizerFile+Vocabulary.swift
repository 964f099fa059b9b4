// What the model of a tokenizer.json says, in bytes.
extension TokenizerFile {
  /// Every token's bytes; throws `malformedField` for a symbol that stands for no byte. Where spaces are marked, this is
  /// the file with its strings written in byte symbols. Special tokens that are in the
  /// vocabulary but written with other symbols are left to `added_tokens`.
  func vocabulary(file: String) throws -> [[UInt8]: Int] {
    let added = Set((added_tokens ?? []).map { $0.id })
    var vocabulary: [[UInt8]: Int] = [:]
    let pieces = (model.pieces ?? []).enumerated().lazy.filter { !$0.element.isEmpty }.map { ($0.element, $0.offset) }
    for (text, token) in Array(pieces) + model.vocab.map({ ($0.key, $0.value) }) {
      if added.contains(token) { continue }
      guard let bytes = ByteSymbols.bytes(text), !bytes.isEmpty, (0..<1 << 24).contains(token) else {
        throw ModelError.malformedField(file: file, field: "model.vocab.\(text)", expected: "byte symbols and an id")
      }
      vocabulary[bytes] = token
    }
    return vocabulary
  }

  /// What words start as; throws `unsupported` if a byte has no token.
  func alphabet(_ vocabulary: [[UInt8]: Int], file: String) throws -> TokenAlphabet {
    func byteTokens(named name: (UInt8) -> [UInt8]) throws -> [Int32] {
      try (UInt8.min...UInt8.max).map { byte -> Int32 in
        guard let token = vocabulary[name(byte)] else {
          throw ModelError.unsupported(
            file: file, feature: "no token for byte \(byte)",
            expected: marksSpaces ? "tokens <0x00> to <0xFF>" : "byte-level BPE")
        }
        return Int32(token)
      }
    }
    if !marksSpaces { return .bytes(try byteTokens { [$0] }) }
    var tokens: [Unicode.Scalar: Int32] = [:]
    for (bytes, token) in vocabulary {
      let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
      if let scalar = scalars.first, scalars.count == 1 { tokens[scalar] = Int32(token) }
    }
    let fallback = model.byte_fallback == true ? try byteTokens(named: TokenDecoder.fallbackName) : nil
    let unknown = model.unk_token.flatMap { name in
      model.vocab[name] ?? added_tokens?.first { $0.content == name }?.id
    }
    return .characters(
      tokens: tokens, byteTokens: fallback, unknown: unknown.map { Int32($0) }, fusesUnknown: model.fuse_unk == true)
  }

  /// The merges; throws `malformedField` for one of unknown tokens.
  func encoding(_ vocabulary: [[UInt8]: Int], file: String) throws -> BytePairEncoding {
    if let scores = model.scores { return try scoredEncoding(vocabulary, scores, file: file) }
    var merges: [BytePairEncoding.Pair: BytePairEncoding.Merge] = [:]
    for (rank, merge) in model.merges.enumerated() {
      guard merge.parts.count == 2, let left = ByteSymbols.bytes(merge.parts[0]),
        let right = ByteSymbols.bytes(merge.parts[1]), let leftToken = vocabulary[left],
        let rightToken = vocabulary[right], let token = vocabulary[left + right]
      else {
        throw ModelError.malformedField(
          file: file, field: "model.merges.[\(rank)]", expected: "two tokens whose union is a token")
      }
      merges[BytePairEncoding.Pair(left: Int32(leftToken), right: Int32(rightToken))] =
        BytePairEncoding.Merge(rank: Int32(rank), token: Int32(token))
    }
    return BytePairEncoding(merges: merges)
  }
}
