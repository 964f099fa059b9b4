package import Algebra
package import Arguments
package import ConstraintSystem

/// The opening of a running instance: five segments, a blinder per chunk, and what the fold keeps up to date.
package struct RunningWitness: Sendable {
  /// X, Y, w, A, B; each zero beyond its count.
  package var segments: [FieldVector<ScalarField>] { didSet { occupied = nil } }
  /// One blinder per chunk, in the order of the commitments.
  package var blinders: [ScalarField]
  /// M_A z, M_B z, M_C z and the error E, one entry per row.
  package var az, bz, cz, error: FieldVector<ScalarField>
  /// The places of X, Y, w, A that may be other than zero, where these are known and few: before anything is folded in.
  private var occupied: [[Int]]?

  /// An opening of segments with a product of each matrix; the error is (M_A z) o (M_B z) - u M_C z.
  package init(
    segments: [FieldVector<ScalarField>], blinders: [ScalarField], products: RowProducts<ScalarField>, u: ScalarField
  ) {
    self.segments = segments
    self.blinders = blinders
    (az, bz, cz) = (FieldVector(products.a), FieldVector(products.b), FieldVector(products.c))
    error = az.hadamard(bz)
    error.addScaled(cz, by: -u)
  }

  /// The same if all entries of X, Y, w, A but those at the places in `occupied` are zero.
  init(
    segments: [FieldVector<ScalarField>], blinders: [ScalarField], products: RowProducts<ScalarField>, u: ScalarField,
    occupied: [[Int]]
  ) {
    self.init(segments: segments, blinders: blinders, products: products, u: u)
    self.occupied = occupied
  }

  /// Forgets which entries may be other than zero.
  mutating func forgetStart() { occupied = nil }

  /// The entries of Q but for the tables that may be other than zero, if they are known and few.
  package func claimEntries(in layout: BlockLayout) -> [(place: Int, value: ScalarField)]? {
    guard let occupied else { return nil }
    return occupied.indices.flatMap { segment in
      occupied[segment].map { (place: layout.bases[segment] + $0, value: segments[segment][$0]) }
    }
  }
}

/// The opening of a fresh instance: small integers, and the trace.
package struct FreshWitness: Sendable {
  /// X, Y, w, A, each zero beyond its count.
  package var entries: [SegmentEntries]
  /// The same as 64-bit integers, which copies what is stored in narrower ones.
  package var integers: [[Int64]] {
    get { entries.map(\.integers) }
    set { entries = newValue.map { .int64($0) } }
  }
  /// B.
  package var trace: FieldVector<ScalarField>
  /// One blinder per chunk, in the order of the commitments.
  package var blinders: [ScalarField]

  /// An opening from parts.
  package init(entries: [SegmentEntries], trace: FieldVector<ScalarField>, blinders: [ScalarField]) {
    self.entries = entries
    self.trace = trace
    self.blinders = blinders
  }
  /// An opening from parts, all integers in 64 bits.
  package init(integers: [[Int64]], trace: FieldVector<ScalarField>, blinders: [ScalarField]) {
    self.init(entries: integers.map { .int64($0) }, trace: trace, blinders: blinders)
  }
}
