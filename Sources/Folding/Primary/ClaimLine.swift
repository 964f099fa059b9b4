package import Algebra
package import Arguments

/// Q~ restricted to lines: the polynomials h_1 and h_2 of the fold.
package struct ClaimLine {
  private let layout: BlockLayout
  private let start: [ScalarField]
  private let end: [ScalarField]

  /// The line from `start` (t = 0) to `end` (t = 1), both of `layout.logSize` coordinates.
  package init(from start: [ScalarField], to end: [ScalarField], in layout: BlockLayout) {
    precondition(start.count == layout.logSize && end.count == layout.logSize, "a line in the space of Q")
    self.layout = layout
    self.start = start
    self.end = end
  }

  /// Coefficients, lowest first, of the restriction of the vector whose only nonzero entries are `block`, from `offset`
  /// on; the block must not cross a multiple of its padded size. Exactly `layout.logSize` + 1 coefficients.
  /// - Complexity: a few products per entry of `block`.
  package func restrict(_ block: FieldVector<ScalarField>, at offset: Int) -> [ScalarField] {
    restrict(count: block.count, at: offset) { block.restrictToLine(from: $0, to: $1) }
  }

  /// The same for a block whose restriction in the space of its own coordinates is given.
  private func restrict(
    count: Int, at offset: Int, _ restricted: (_ start: [ScalarField], _ end: [ScalarField]) -> [ScalarField]
  ) -> [ScalarField] {
    let degree = layout.logSize
    guard count > 0 else { return [ScalarField](repeating: .zero, count: degree + 1) }
    let low = count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    precondition(offset & ((1 << low) - 1) == 0, "a block is aligned")
    var polynomial = restricted(Array(start[..<low]), Array(end[..<low]))
    for variable in low..<degree {
      let slope = end[variable] - start[variable]
      let isSet = (offset >> variable) & 1 == 1
      let constant = isSet ? start[variable] : .one - start[variable]
      polynomial = Self.multiply(polynomial, constant: constant, slope: isSet ? slope : -slope)
    }
    polynomial += [ScalarField](repeating: .zero, count: degree + 1 - polynomial.count)
    return polynomial
  }

  /// The restriction of a whole Q given its committed segments X, Y, w, A; tables not included.
  package func restrict(segments: [FieldVector<ScalarField>]) -> [ScalarField] {
    restrict(counts: segments.map(\.count)) { segment, piece in
      let block =
        piece.count == segments[segment].count
        ? segments[segment] : FieldVector(Array(segments[segment].elements[piece]))
      return { block.restrictToLine(from: $0, to: $1) }
    }
  }

  /// The same for segments of integers.
  package func restrict(integers segments: [SegmentEntries]) -> [ScalarField] {
    restrict(counts: segments.map(\.count)) { segment, piece in
      switch segments[segment] {
      case .int16(let integers):
        { Multilinear.restrictToLine(smallIntegers: integers[piece], from: $0, to: $1) }
      case .int32, .int64:
        {
          Multilinear.restrictToLine(
            smallIntegers: segments[segment].widened(piece), from: $0, to: $1)
        }
      }
    }
  }

  /// The same for segments of 64-bit integers.
  package func restrict(integers segments: [[Int64]]) -> [ScalarField] {
    restrict(integers: segments.map { SegmentEntries.int64($0) })
  }

  /// The sum over the aligned pieces of all segments of their restrictions.
  private func restrict(
    counts: [Int],
    _ restricted: (_ segment: Int, _ piece: Range<Int>) -> ([ScalarField], [ScalarField]) -> [ScalarField]
  ) -> [ScalarField] {
    var sum = [ScalarField](repeating: .zero, count: layout.logSize + 1)
    for (segment, count) in counts.enumerated() {
      let base = layout.bases[segment]
      for piece in Self.alignedPieces(count: count, base: base) {
        let part = restrict(count: piece.count, at: base + piece.lowerBound, restricted(segment, piece))
        for index in sum.indices { sum[index] += part[index] }
      }
    }
    return sum
  }

  /// The restriction of the tables segment, given its columns.
  package func restrict(tables: [[Int64]]) -> [ScalarField] {
    let base = layout.bases[Segment.tables.rawValue]
    var sum = [ScalarField](repeating: .zero, count: layout.logSize + 1)
    for (index, column) in tables.enumerated() {
      let part = restrict(count: column.count, at: base + index * column.count) {
        Multilinear.restrictToLine(smallIntegers: column[...], from: $0, to: $1)
      }
      for power in sum.indices { sum[power] += part[power] }
    }
    return sum
  }

  /// The same for a few entries, the others being zero: values at t = 0, .., n, then interpolation.
  package func restrict(entries: [(place: Int, value: ScalarField)]) -> [ScalarField] {
    let lowCount = layout.logSize / 2, mask = 1 << lowCount - 1
    let values = Parallel.map(count: layout.logSize + 1, minimumChunk: 1) { step in
      let t = ScalarField(step)
      let point = zip(start, end).map { $0 + t * ($1 - $0) }
      let low = EqualityPolynomial.table(Array(point[..<lowCount])).elements
      let high = EqualityPolynomial.table(Array(point[lowCount...])).elements
      return entries.reduce(ScalarField.zero) { $0 + $1.value * low[$1.place & mask] * high[$1.place >> lowCount] }
    }
    return Self.interpolated(values)
  }

  /// The coefficients, lowest first, of the polynomial with these values at 0, 1, 2, ..., by divided differences.
  private static func interpolated(_ values: [ScalarField]) -> [ScalarField] {
    var differences = values
    for order in values.indices.dropFirst() {
      guard let inverse = ScalarField(order).inverse() else { preconditionFailure("Fewer values than elements.") }
      for index in (order..<values.count).reversed() {
        differences[index] = (differences[index] - differences[index - 1]) * inverse
      }
    }
    // Horner's rule over Newton's basis: p <- p (t - index) + difference.
    var polynomial: [ScalarField] = []
    for index in values.indices.reversed() {
      polynomial = multiply(polynomial, constant: -ScalarField(index), slope: .one)
      if polynomial.count > values.count { polynomial.removeLast() }
      polynomial[0] += differences[index]
    }
    return polynomial
  }

  /// Splits `count` entries from `base` on into one range if it fits its padded alignment, else into aligned powers of two.
  static func alignedPieces(count: Int, base: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var position = 0
    while position < count {
      let alignment = base + position == 0 ? Int.bitWidth - 2 : (base + position).trailingZeroBitCount
      let remaining = count - position
      let length = alignment >= Int.bitWidth - 2 ? remaining : min(remaining, 1 << alignment)
      pieces.append(position..<position + length)
      position += length
    }
    return pieces
  }

  private static func multiply(_ polynomial: [ScalarField], constant: ScalarField, slope: ScalarField) -> [ScalarField]
  {
    var product = [ScalarField](repeating: .zero, count: polynomial.count + 1)
    for (index, coefficient) in polynomial.enumerated() {
      product[index] += coefficient * constant
      product[index + 1] += coefficient * slope
    }
    return product
  }
}
