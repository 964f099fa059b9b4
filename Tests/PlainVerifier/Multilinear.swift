/// eq(point, i) for all i below 2^m: coordinate j goes with bit j of i (Protocol.md, section 1).
func equalities<M: Modulus>(_ point: [Residue<M>]) -> [Residue<M>] {
  var table = [Residue<M>.one]
  for coordinate in point {
    let upper = table.map { $0 * coordinate }
    table = zip(table, upper).map { $0 - $1 } + upper
  }
  return table
}

/// eq(left, right).
func equality<M: Modulus>(_ left: [Residue<M>], _ right: [Residue<M>]) -> Residue<M> {
  precondition(left.count == right.count, "points of one length")
  return zip(left, right).reduce(.one) { $0 * ($1.0 * $1.1 + (.one - $1.0) * (.one - $1.1)) }
}

/// eq(point, index).
func equality<M: Modulus>(_ point: [Residue<M>], index: Int) -> Residue<M> {
  precondition(index >> point.count == 0, "an index below 2^m")
  return equality(point, point.indices.map { Residue(index >> $0 & 1) })
}

/// The sum of products; the shorter list continues with zeros.
func innerProduct<M: Modulus>(_ left: some Sequence<Residue<M>>, _ right: some Sequence<Residue<M>>) -> Residue<M> {
  zip(left, right).reduce(.zero) { $0 + $1.0 * $1.1 }
}

/// The last claim of a sumcheck, and its point.
struct SumcheckEnd<M: Modulus> {
  let claim: Residue<M>
  let point: [Residue<M>]

  /// Follows the rounds from a claim; each message is c_0, c_2, c_3, ..
  init(
    _ claim: Residue<M>, rounds: [[Residue<M>]], _ name: String, _ transcript: inout ByteTranscript
  ) {
    var (claim, point) = (claim, [Residue<M>]())
    for message in rounds {
      transcript.absorb(message, as: "\(name) round")
      let challenge: Residue<M> = transcript.squeeze("\(name) challenge")
      // The polynomial's values at 0 and 1 add up to the claim.
      let linear = message.reduce(claim - message[0]) { $0 - $1 }
      let coefficients = [message[0], linear] + message.dropFirst()
      claim = coefficients.reversed().reduce(.zero) { $0 * challenge + $1 }
      point.insert(challenge, at: 0)
    }
    (self.claim, self.point) = (claim, point)
  }
}
