/// A running instance of one kind (Protocol.md, section 5).
struct RunningInstance: Sendable {
  /// X^ to B^.
  var commitments: [Point<BN254>]
  var u: F
  var x: F
  /// r_E.
  var errorPoint: [F]
  /// v_E.
  var errorValue: F
  /// r_Q.
  var claimPoint: [F]
  /// v_Q.
  var claimValue: F

  /// Reads an instance.
  init(_ cursor: inout ByteCursor, key: PlainKey) throws(Refusal) {
    commitments = try cursor.points(key.layout.chunkCount)
    u = try cursor.element()
    x = try cursor.element()
    errorPoint = try cursor.elements(key.rowLog)
    errorValue = try cursor.element()
    claimPoint = try cursor.elements(key.layout.claimLog)
    claimValue = try cursor.element()
  }

  /// digest U.
  var digest: F {
    hash(
      "running",
      commitments.flatMap(\.hashed) + [u, x] + errorPoint + [errorValue] + claimPoint + [claimValue])
  }
}

/// The running CycleFold instance (Protocol.md, section 5).
struct CycleInstance: Sendable {
  /// W^ and E^.
  let commitments: [Point<Grumpkin>]
  let u: Fq
  /// The public list IO.
  let publics: [Fq]
  /// The bits of a digit.
  private let digitBits: Int

  /// Reads an instance.
  init(_ cursor: inout ByteCursor, key: PlainKey) throws(Refusal) {
    digitBits = key.constants.digitBits
    commitments = try cursor.points(2)
    u = try cursor.element()
    publics = try cursor.elements(1 + 6 * key.layout.chunkCount)
  }

  /// digest U_cyc.
  var digest: F {
    hash("cyclefold", commitments.flatMap { [$0.x, $0.y] } + hashed([u] + publics, width: digitBits))
  }
}
