/// What a valid proof says.
package struct PlainVerdict: Sendable {
  /// The model id, 64 hexadecimal digits.
  package let modelIdentifier: String
  /// The texts in the order in which they were proved.
  package let claims: [Claim]
}

extension PlainKey {
  /// Checks all bytes of a proof (Formats.md, "Proof"); throws `Refusal`.
  ///
  /// - Parameter modelIdentifier: the model that must have produced the texts, or nil to accept any under the key.
  package func verify(_ bytes: [UInt8], modelIdentifier: String? = nil) throws(Refusal) -> PlainVerdict {
    var cursor = ByteCursor(bytes)
    try requireFormat(try cursor.take(8) == Array("LFPROOF2".utf8), "the name of the proof")
    var claims: [Claim] = []
    for _ in 0..<(try cursor.number(bytes: 4, in: 1...1 << 20, "the number of claims")) {
      claims.append(try Claim(&cursor))
    }
    var end = try RecursionEnd(&cursor, key: self)
    let context = Array(bytes[..<cursor.place])
    let primary = try BatchArgument<BN254>(&cursor, relations: 4, rowLog: rowLog, chunkLog: layout.chunkLog)
    let cycleLog = cycleGenerators.logCount
    let secondary = try BatchArgument<Grumpkin>(&cursor, relations: 1, rowLog: cycleLog, chunkLog: cycleLog)
    try cursor.finish()

    for claim in claims { try claim.check(constants) }
    let identifier = Self.hexadecimal(hash("model", [digest, end.weightChain]))
    if let modelIdentifier { try require(identifier == modelIdentifier.lowercased(), "the model id") }
    try end.verify(key: self, steps: claims.count * (constants.layers + 2) + 1)
    // The documents put this last to spare verifiers work; the verdict does not depend on the order.
    let chain = claims.reduce(F.zero) { chain, claim in
      hash("statement", [chain, end.weightChain, claim.tokensDigest(positions: constants.positions)])
    }
    try require(chain == end.state.statementChain, "the statement chain")
    try verify(primary, secondary, end, context: context)
    return PlainVerdict(modelIdentifier: identifier, claims: claims)
  }

  /// Checks the compression (Protocol.md, section 7).
  private func verify(
    _ primary: BatchArgument<BN254>, _ secondary: BatchArgument<Grumpkin>, _ end: RecursionEnd, context: [UInt8]
  ) throws(Refusal) {
    var transcript = ByteTranscript("LayerFold decider v2")
    transcript.absorb(digest.bytes, as: "key")
    transcript.absorb(context, as: "context")
    for instance in end.running {
      transcript.absorb(instance.commitments, as: "commitments")
      transcript.absorb([instance.u, instance.x], as: "publics")
      transcript.absorb(instance.errorPoint, as: "error point")
      transcript.absorb([instance.errorValue], as: "error value")
      transcript.absorb(instance.claimPoint, as: "claim point")
      transcript.absorb([instance.claimValue], as: "claim value")
    }
    transcript.absorb([end.cycle.commitments[0]], as: "secondary witness")
    transcript.absorb([end.cycle.commitments[1]], as: "secondary error")
    transcript.absorb([end.cycle.u] + end.cycle.publics, as: "secondary publics")
    try primary.verify((0..<4).map { relation($0, end.running[$0]) }, generators, &transcript)
    let rowPoint: [Fq] = transcript.squeeze(cycleGenerators.logCount, "secondary rows")
    let cycle = Relation<Grumpkin>(
      shape: cycleShape,
      chunks: [
        Relation.Chunk(length: cycleShape.traceCount, firstVariable: 0),
        Relation.Chunk(length: cycleShape.rowCount, isError: true),
      ], commitments: end.cycle.commitments, publics: [end.cycle.u] + end.cycle.publics, rowPoint: rowPoint,
      rowValue: .zero, claimPoint: [], claimValue: .zero)
    try secondary.verify([cycle], cycleGenerators, &transcript)
  }

  /// The relation of a kind.
  private func relation(_ kind: Int, _ instance: RunningInstance) -> Relation<BN254> {
    let lengths = entries[kind].prefix(4) + [shapes[kind].traceCount]
    var chunks: [Relation<BN254>.Chunk] = []
    for (segment, count) in layout.chunkCounts.enumerated() {
      for index in 0..<count {
        let first = index << layout.chunkLog
        var chunk = Relation<BN254>.Chunk(length: min(max(0, lengths[segment] - first), 1 << layout.chunkLog))
        if segment < 4 { chunk.claimBase = layout.bases[segment] + first }
        if segment == 3 { chunk.firstValue = first }
        if segment == 4 { chunk.firstVariable = first }
        chunks.append(chunk)
      }
    }
    return Relation(
      shape: shapes[kind], chunks: chunks, commitments: instance.commitments, publics: [instance.u, instance.x],
      rowPoint: instance.errorPoint, rowValue: instance.errorValue, claimPoint: instance.claimPoint,
      claimValue: instance.claimValue - instance.u * tablesValue(at: instance.claimPoint))
  }

  /// Tab~ at a point of Q.
  private func tablesValue(at point: [F]) -> F {
    let length = tables[0].count
    let log = leastLog(length)
    let low = equalities(Array(point.prefix(log)))
    return tables.indices.reduce(.zero) { sum, column in
      let block = (layout.bases[4] >> log) + column
      let value = zip(tables[column], low).reduce(F.zero) { $1.0 == 0 ? $0 : $0 + F($1.0) * $1.1 }
      return sum + equality(Array(point.dropFirst(log)), index: block) * value
    }
  }

  /// 64 hexadecimal digits, most significant first.
  private static func hexadecimal(_ element: F) -> String {
    let digits = Array("0123456789abcdef")
    return String(element.bytes.reversed().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
