// Merging as SentencePiece does: not a list of pairs but a score for every piece. Two adjacent pieces whose texts
// together are a piece merge to it; the highest score first, and the leftmost of equal scores, however the piece is made.
extension TokenizerFile {
  /// The name of this type of model. It is no type of the tokenizers library: one of its lists of merges ranks the ways
  /// to make one piece, which SentencePiece does not.
  static let scoredType = "SentencePiece"

  /// Bytes of a piece that pairs merge to, at most.
  private static let pieceLimit = 512

  /// The merges of pieces by their scores; throws `malformedField` for a piece that is too long or
  /// holds a character that is none.
  func scoredEncoding(_ vocabulary: [[UInt8]: Int], _ scores: [Double?], file: String) throws -> BytePairEncoding {
    let falling = Set(scores.compactMap { $0 }).sorted(by: >)
    let ranks = Dictionary(uniqueKeysWithValues: falling.enumerated().map { ($1, Int32($0)) })
    func score(_ token: Int) -> Double? { scores.indices.contains(token) ? scores[token] : nil }
    var merges: [BytePairEncoding.Pair: BytePairEncoding.Merge] = [:]
    for (piece, token) in vocabulary {
      guard let rank = score(token).flatMap({ ranks[$0] }) else { continue }
      // Before every byte that begins a character a piece may be cut.
      let cuts = piece.indices.filter { piece[$0] & 0xc0 != 0x80 } + [piece.count]
      guard piece.count <= Self.pieceLimit,
        cuts.count == 2 || zip(cuts, cuts.dropFirst()).allSatisfy({ vocabulary[Array(piece[$0..<$1])] != nil })
      else {
        throw ModelError.malformedField(
          file: file, field: "model.pieces.[\(token)]",
          expected: "characters that are pieces, at most \(Self.pieceLimit) bytes")
      }
      for cut in cuts.dropFirst().dropLast() {
        guard let left = vocabulary[Array(piece[..<cut])], let right = vocabulary[Array(piece[cut...])],
          isPart(left, score(left), piece[..<cut]), isPart(right, score(right), piece[cut...])
        else { continue }
        merges[BytePairEncoding.Pair(left: Int32(left), right: Int32(right))] =
          BytePairEncoding.Merge(rank: rank, token: Int32(token))
      }
    }
    return BytePairEncoding(merges: merges)
  }

  /// Whether a token can stand beside another one before they merge: it was merged itself, or is one character.
  private func isPart(_ token: Int, _ score: Double?, _ text: ArraySlice<UInt8>) -> Bool {
    score != nil || text.dropFirst().allSatisfy { $0 & 0xc0 == 0x80 }
  }
}
