package import Algebra
package import Arguments
package import ConstraintSystem

/// The opening of a running instance: five segments, a blinder per chunk, and what the fold keeps up to date.
package struct RunningWitness: Sendable {
  /// X, Y, w, A; each zero beyond its count.
  package internal(set) var parts: [RunningSegment]
  /// B, zero beyond its count.
  package internal(set) var trace: FieldVector<ScalarField>
  /// One blinder per chunk, in the order of the commitments.
  package var blinders: [ScalarField]
  /// M_A z, M_B z, M_C z and the error E, one entry per row.
  package var az, bz, cz, error: FieldVector<ScalarField>

  /// X, Y, w, A, B as field elements: copies of what is not kept so.
  package var segments: [FieldVector<ScalarField>] {
    get { parts.map(\.vector) + [trace] }
    set {
      precondition(newValue.count == 5, "Five segments.")
      parts = newValue.dropLast().map { .full($0) }
      trace = newValue[4]
    }
  }

  /// An opening of segments with a product of each matrix; the error is (M_A z) o (M_B z) - u M_C z.
  package init(
    segments: [FieldVector<ScalarField>], blinders: [ScalarField], products: RowProducts<ScalarField>, u: ScalarField
  ) {
    precondition(segments.count == 5, "Five segments.")
    self.init(
      parts: segments.dropLast().map { .full($0) }, trace: segments[4], blinders: blinders, products: products, u: u)
  }

  /// The same with X, Y, w, A in any form.
  init(
    parts: [RunningSegment], trace: FieldVector<ScalarField>, blinders: [ScalarField],
    products: RowProducts<ScalarField>, u: ScalarField
  ) {
    self.parts = parts
    self.trace = trace
    self.blinders = blinders
    (az, bz, cz) = (FieldVector(products.a), FieldVector(products.b), FieldVector(products.c))
    error = az.hadamard(bz)
    error.addScaled(cz, by: -u)
  }

  /// What stands for an opening that is elsewhere.
  package static var absent: Self {
    Self(parts: [], trace: [], blinders: [], products: RowProducts(a: [], b: [], c: []), u: .zero)
  }

  /// Keeps all entries as field elements, unless they are few.
  mutating func fillUnlessStart() {
    for index in parts.indices {
      if case .once = parts[index] { parts[index].fill() }
    }
  }

  /// Forgets which entries may be other than zero.
  mutating func forgetStart() {
    for index in parts.indices { parts[index].fill() }
  }

  /// A segment of X, Y, w, A as field elements, of which nothing is left here.
  package mutating func takeSegment(_ segment: Segment) -> FieldVector<ScalarField> {
    defer { parts[segment.rawValue] = .full([]) }
    return parts[segment.rawValue].vector
  }

  /// The entries of Q but for the tables that may be other than zero, if they are known and few: before anything is folded in.
  package func claimEntries(in layout: BlockLayout) -> [(place: Int, value: ScalarField)]? {
    var result: [(place: Int, value: ScalarField)] = []
    for (segment, part) in parts.enumerated() {
      guard case .start(let entries) = part else { return nil }
      result += entries.extras.map { (place: layout.bases[segment] + $0.place, value: $0.value) }
    }
    return result
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
