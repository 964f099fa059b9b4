package import Algebra

/// A hiding proof of an `OpeningStatement`: two points a round, then one point and a few field elements.
package struct InnerProductProof<C: Curve>: Sendable, Equatable {
  /// The two cross terms of a round.
  package struct Round: Sendable, Equatable {
    /// The lower half of the vector against the upper bases.
    package var left: AffinePoint<C>
    /// The upper half of the vector against the lower bases.
    package var right: AffinePoint<C>

    /// The cross terms of a round.
    package init(left: AffinePoint<C>, right: AffinePoint<C>) {
      self.left = left
      self.right = right
    }
  }

  /// The rounds, the one that halves the whole vector first.
  package var rounds: [Round]
  /// The commitment to the last step's mask.
  package var mask: AffinePoint<C>
  /// The folded vector times the last challenge, plus the mask.
  package var finalVector: [C.ScalarField]
  /// The folded blinder times the last challenge, plus the mask's.
  package var finalBlinder: C.ScalarField

  /// The proof with these parts.
  package init(
    rounds: [Round], mask: AffinePoint<C>, finalVector: [C.ScalarField], finalBlinder: C.ScalarField
  ) {
    self.rounds = rounds
    self.mask = mask
    self.finalVector = finalVector
    self.finalBlinder = finalBlinder
  }

  /// Variables left unfolded for a statement with `variables` coordinates: the last step handles up to 2^3 entries,
  /// because three more rounds would take as many bytes and a fifth more time.
  package static func finalVariables(_ variables: Int) -> Int { min(variables, 3) }

  /// Bytes of a proof about a point with `variables` coordinates.
  package static func byteCount(variables: Int) -> Int {
    let final = finalVariables(variables)
    return 32 * (2 * (variables - final) + 1 + (1 << final) + 1)
  }

  /// Compressed points and canonical field elements in the order of the stored properties.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for round in rounds { bytes += round.left.compressed + round.right.compressed }
    bytes += mask.compressed
    for element in finalVector { bytes += element.bytes }
    return bytes + finalBlinder.bytes
  }

  /// Reads a proof about a point with `variables` coordinates.
  ///
  /// - Throws: `CommitmentError.openingEncoding` for any other length, for bytes that encode no point or infinity,
  ///   and for a field element that is not canonical.
  package init(encoded bytes: some Collection<UInt8>, variables: Int) throws(CommitmentError) {
    guard bytes.count == Self.byteCount(variables: variables) else { throw .openingEncoding }
    let bytes = Array(bytes)
    var place = 0
    func take() -> ArraySlice<UInt8> {
      defer { place += 32 }
      return bytes[place..<(place + 32)]
    }
    func point() throws(CommitmentError) -> AffinePoint<C> {
      do {
        let point = try AffinePoint<C>(compressed: take())
        guard !point.isInfinity else { throw CommitmentError.openingEncoding }
        return point
      } catch { throw .openingEncoding }
    }
    func element() throws(CommitmentError) -> C.ScalarField {
      guard let element = C.ScalarField(bytes: take()) else { throw .openingEncoding }
      return element
    }
    let final = Self.finalVariables(variables)
    rounds = []
    for _ in 0..<(variables - final) { rounds.append(Round(left: try point(), right: try point())) }
    mask = try point()
    finalVector = []
    for _ in 0..<(1 << final) { finalVector.append(try element()) }
    finalBlinder = try element()
  }
}
