import CFieldKernels

// SAFETY: an element is four contiguous UInt64 and nothing else, so pointers to elements are pointers to limbs; the
// kernels read and write `count` elements of each array, as their callers promise for `FieldKernels`.

/// The limbs of an array of elements, for reading.
private func limbs<P>(_ elements: UnsafePointer<MontgomeryField<P>>) -> UnsafePointer<UInt64> {
  UnsafeRawPointer(elements).assumingMemoryBound(to: UInt64.self)
}

/// The kernels' name for groups of points: the same three numbers.
private func kernelGroups(_ groups: UnsafePointer<PointGroup>) -> UnsafePointer<FieldPointGroup> {
  UnsafeRawPointer(groups).assumingMemoryBound(to: FieldPointGroup.self)
}

/// The limbs of an array of elements, for writing.
private func limbs<P>(_ elements: UnsafeMutablePointer<MontgomeryField<P>>) -> UnsafeMutablePointer<UInt64> {
  UnsafeMutableRawPointer(elements).assumingMemoryBound(to: UInt64.self)
}

extension MontgomeryField {
  /// The constants of the kernels.
  static var constants: FieldConstants {
    FieldConstants(
      modulus: Parameters.modulus, radix: Parameters.one, radixSquared: Parameters.radixSquared,
      negativeInverse: negativeInverse)
  }

  /// Calls `body` with the kernels' constants and the limbs of an element.
  private func withLimbs(_ body: (UnsafePointer<UInt64>, UnsafePointer<FieldConstants>) -> Void) {
    withUnsafePointer(to: self) { element in
      withUnsafePointer(to: Self.constants) { body(Algebra.limbs(element), $0) }
    }
  }

  /// The multiplicative inverse; nil for zero. Time depends on the element.
  @usableFromInline package func inverse() -> Self? {
    guard !isZero else { return nil }
    var result = self
    withUnsafeMutablePointer(to: &result) { out in withLimbs { fieldInvert(Algebra.limbs(out), $0, $1) } }
    return result
  }

  /// out[i] = left[i] + right[i].
  @usableFromInline package static func add(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int
  ) {
    withUnsafePointer(to: constants) { fieldAdd(limbs(out), limbs(left), limbs(right), count, $0) }
  }

  /// out[i] = left[i] - right[i].
  @usableFromInline package static func subtract(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int
  ) {
    withUnsafePointer(to: constants) { fieldSubtract(limbs(out), limbs(left), limbs(right), count, $0) }
  }

  /// out[i] = left[i] * right[i].
  @usableFromInline package static func multiply(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int
  ) {
    withUnsafePointer(to: constants) { fieldMultiply(limbs(out), limbs(left), limbs(right), count, $0) }
  }

  /// out[i] = values[i] * factor.
  @usableFromInline package static func scale(
    _ values: UnsafePointer<Self>, by factor: Self, into out: UnsafeMutablePointer<Self>, count: Int
  ) {
    factor.withLimbs { fieldScale(limbs(out), limbs(values), $0, count, $1) }
  }

  /// accumulator[i] += values[i] * factor.
  @usableFromInline package static func addScaled(
    _ values: UnsafePointer<Self>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>, count: Int
  ) {
    factor.withLimbs { fieldAddScaled(limbs(accumulator), limbs(values), $0, count, $1) }
  }

  /// out[i] = integers[i].
  @usableFromInline package static func convert(
    _ integers: UnsafePointer<Int64>, into out: UnsafeMutablePointer<Self>, count: Int
  ) {
    withUnsafePointer(to: constants) { fieldFromIntegers(limbs(out), integers, count, $0) }
  }

  /// accumulator[i] += integers[i] * factor.
  @usableFromInline package static func addScaled(
    _ integers: UnsafePointer<Int64>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>, count: Int
  ) {
    factor.withLimbs { fieldAddScaledIntegers(limbs(accumulator), integers, $0, count, $1) }
  }

  /// accumulator[i] += the sum over r of integers[stride r + i] * factors[r].
  @usableFromInline package static func addScaledRows(
    _ integers: UnsafePointer<Int64>, stride: Int, by factors: UnsafePointer<Self>, rows: Int,
    into accumulator: UnsafeMutablePointer<Self>, count: Int
  ) {
    withUnsafePointer(to: constants) {
      fieldAddScaledRows(limbs(accumulator), integers, stride, limbs(factors), rows, count, $0)
    }
  }

  /// out[i] = the number in bytes 32 i to 32 i + 31, unless one of them is not below the modulus.
  @usableFromInline package static func read(
    _ bytes: UnsafeRawPointer, into out: UnsafeMutablePointer<Self>, count: Int
  ) -> Bool {
    for index in 0..<count {
      func word(_ place: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 32 * index + 8 * place, as: UInt64.self))
      }
      let limbs: Limbs = (word(0), word(1), word(2), word(3))
      guard isBelowModulus(limbs) else { return false }
      (out + index).initialize(to: Self(montgomery: limbs))
    }
    // Taken for elements, the numbers lack the factor R, which the product with R^2 (in memory: of the element R) has.
    scale(out, by: Self(montgomery: Parameters.radixSquared), into: out, count: count)
    return true
  }

  /// accumulator[i] += integers[i] * factor; every integer is -1, 0 or 1.
  @usableFromInline package static func addTernary(
    _ integers: UnsafePointer<Int16>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>,
    count: Int
  ) {
    factor.withLimbs { fieldAddTernary(limbs(accumulator), integers, $0, count, $1) }
  }

  /// For every four factors the 81 sums with coefficients -1, 0 and 1.
  @usableFromInline package static func makeTernaryTables(
    _ factors: UnsafePointer<Self>, into tables: UnsafeMutablePointer<Self>, count: Int
  ) {
    withUnsafePointer(to: constants) {
      fieldTernaryTables(limbs(tables), limbs(factors), count, $0)
    }
  }

  /// accumulator[i] += the sum over g < groups of tables[81 g + codes[g * strides.group + i * strides.entry]].
  @usableFromInline package static func addTableSums(
    _ tables: UnsafePointer<Self>, groups: Int, codes: UnsafePointer<UInt8>,
    strides: (group: Int, entry: Int),
    into accumulator: UnsafeMutablePointer<Self>, count: Int
  ) {
    precondition(groups <= 1 << 20, "At most 2^20 summands.")
    withUnsafePointer(to: constants) {
      fieldAddTableSums(
        limbs(accumulator), limbs(tables), groups, codes, strides.group, strides.entry, count, $0)
    }
  }

  /// Binds the numbers of sixteen rows of values to four polynomials of degree 1.
  @usableFromInline package static func bindRows(
    _ values: UnsafePointer<Self>, stride: Int, by products: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>,
    outStride: Int, count: Int
  ) {
    withUnsafePointer(to: constants) {
      fieldBindRows(limbs(out), outStride, limbs(values), stride, limbs(products), count, $0)
    }
  }

  /// The product of a sparse matrix with many vectors, one in every lane.
  @usableFromInline package static func multiply(
    _ pattern: SparsePattern, coefficients: UnsafeBufferPointer<Self>, _ values: UnsafePointer<Self>, lanes: Int,
    into out: UnsafeMutablePointer<Self>
  ) {
    guard let coefficientBase = coefficients.baseAddress else { preconditionFailure("1 and -1 are coefficients.") }
    pattern.withPointers { rowStarts, columns, indices in
      var matrix = FieldSparseMatrix(
        rowStarts: rowStarts, columns: columns, coefficientIndices: indices, rowCount: pattern.rowCount,
        columnCount: pattern.columnCount, coefficients: limbs(coefficientBase),
        coefficientCount: coefficients.count)
      withUnsafePointer(to: constants) { field in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: fieldSparseScratch(&matrix, lanes)) { scratch in
          fieldMultiplySparse(limbs(out), &matrix, limbs(values), lanes, scratch.baseAddress, field)
        }
      }
    }
  }

  /// out[i] = low[i] + factor * (high[i] - low[i]).
  @usableFromInline package static func interpolate(
    _ low: UnsafePointer<Self>, _ high: UnsafePointer<Self>, at factor: Self,
    into out: UnsafeMutablePointer<Self>, count: Int
  ) {
    factor.withLimbs { fieldInterpolate(limbs(out), limbs(low), limbs(high), $0, count, $1) }
  }

  /// out[i] = values[2 i] + factor * (values[2 i + 1] - values[2 i]).
  @usableFromInline package static func interpolatePairs(
    _ values: UnsafePointer<Self>, at factor: Self, into out: UnsafeMutablePointer<Self>, count: Int
  ) {
    factor.withLimbs { fieldInterpolatePairs(limbs(out), limbs(values), $0, count, $1) }
  }

  /// next[i] += slope * (high[i] - low[i]), then low[i] += factor * (high[i] - low[i]).
  @usableFromInline package static func interpolateLine(
    _ low: UnsafeMutablePointer<Self>, _ high: UnsafePointer<Self>, at factor: Self,
    slope: (factor: Self, next: UnsafeMutablePointer<Self>), count: Int
  ) {
    factor.withLimbs { factorLimbs, field in
      slope.factor.withLimbs { slopeLimbs, _ in
        fieldInterpolateLine(limbs(low), limbs(high), limbs(slope.next), factorLimbs, slopeLimbs, count, field)
      }
    }
  }

  /// high[i] = low[i] * factor, then low[i] -= high[i].
  @usableFromInline package static func split(
    _ low: UnsafeMutablePointer<Self>, _ high: UnsafeMutablePointer<Self>, by factor: Self, count: Int
  ) {
    factor.withLimbs { fieldSplit(limbs(low), limbs(high), $0, count, $1) }
  }

  /// The sum of left[i] * right[i].
  @usableFromInline package static func dot(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, count: Int
  ) -> Self {
    var result = Self.zero
    withUnsafeMutablePointer(to: &result) { out in
      withUnsafePointer(to: constants) { fieldDot(limbs(out), limbs(left), limbs(right), count, $0) }
    }
    return result
  }

  /// The sum of values[i] * integers[i], for counts below 2^32.
  @usableFromInline package static func dot(
    _ values: UnsafePointer<Self>, _ integers: UnsafePointer<Int64>, count: Int
  ) -> Self {
    precondition(count < 1 << 32, "Fewer than 2^32 terms in one sum.")
    var result = Self.zero
    withUnsafeMutablePointer(to: &result) { out in
      withUnsafePointer(to: constants) { fieldDotSmall(limbs(out), limbs(values), integers, count, $0) }
    }
    return result
  }

  /// Words of scratch memory that sums of these groups need.
  @usableFromInline package static func groupScratchCount(_ groups: UnsafePointer<PointGroup>, count: Int) -> Int {
    fieldGroupScratch(kernelGroups(groups), count)
  }

  /// target[g.place] = the sum of the points of g, two coordinates each, for all groups g, which come by falling length.
  @usableFromInline package static func sumGroups(
    _ groups: UnsafePointer<PointGroup>, count: Int, of entries: UnsafePointer<UInt32>,
    from source: UnsafePointer<Self>,
    into target: UnsafeMutablePointer<Self>, scratch: UnsafeMutablePointer<UInt64>
  ) {
    withUnsafePointer(to: constants) {
      fieldSumGroups(limbs(target), limbs(source), entries, kernelGroups(groups), count, scratch, $0)
    }
  }

  /// Words of a block of sixteen points.
  @usableFromInline package static var blockWords: Int { fieldBlockWords() }

  /// Fills blocks with points, two coordinates each.
  @usableFromInline package static func loadBlocks(
    _ points: UnsafePointer<Self>, count: Int, into blocks: UnsafeMutablePointer<UInt64>
  ) {
    withUnsafePointer(to: constants) { fieldLoadBlocks(blocks, limbs(points), count, $0) }
  }

  /// Reads the first points of blocks.
  @usableFromInline package static func storeBlocks(
    _ blocks: UnsafePointer<UInt64>, count: Int, into points: UnsafeMutablePointer<Self>
  ) {
    withUnsafePointer(to: constants) { fieldStoreBlocks(limbs(points), blocks, count, $0) }
  }

  /// Every (x, y) of `count` blocks becomes (factor x, y).
  @usableFromInline package static func scaleBlocks(
    _ blocks: UnsafePointer<UInt64>, by factor: Self, into out: UnsafeMutablePointer<UInt64>, count: Int
  ) {
    factor.withLimbs { fieldScaleBlocks(out, blocks, $0, count, $1) }
  }

  /// Doubles the points of `count` blocks; false, and nothing done, if some are infinity.
  @usableFromInline package static func doubleBlocks(
    _ blocks: UnsafeMutablePointer<UInt64>, count: Int, scratch: UnsafeMutablePointer<UInt64>
  ) -> Bool {
    withUnsafePointer(to: constants) { fieldDoubleBlocks(blocks, count, scratch, $0) }
  }

  /// Adds or subtracts the points of `count` blocks; false, and nothing done, if some have the same x.
  @usableFromInline package static func addBlocks(
    _ addends: UnsafePointer<UInt64>, negated: Bool, into blocks: UnsafeMutablePointer<UInt64>, count: Int,
    scratch: UnsafeMutablePointer<UInt64>
  ) -> Bool {
    withUnsafePointer(to: constants) { fieldAddBlocks(blocks, addends, negated, count, scratch, $0) }
  }

  /// One of the two square roots of each value, or nil; time depends on the values.
  @usableFromInline package static func squareRoots(_ values: [Self]) -> [Self?] {
    guard Parameters.twoAdicity == 1 else { return values.map { $0.squareRoot() } }
    // p = 3 mod 4: a square is the square of its power (p + 1) / 4 = (p - 3) / 4 + 1.
    let quarter = shiftedRight(Parameters.modulus, by: 2)
    let (low, carry) = addingWithCarry(quarter.0, 1, 0)
    precondition(carry == 0, "A quarter of the modulus has no lowest limb of all ones.")
    let exponent = [low, quarter.1, quarter.2, quarter.3]
    var roots = values
    roots.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      withUnsafePointer(to: constants) {
        fieldPower(limbs(base), limbs(UnsafePointer(base)), exponent, values.count, $0)
      }
    }
    return values.indices.map { roots[$0].squared() == values[$0] ? roots[$0] : nil }
  }
}
