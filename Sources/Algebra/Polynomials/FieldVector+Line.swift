extension FieldVector {
  /// The coefficients, lowest power first, of h(t) = v~(start + t (end - start)): one more than there are coordinates.
  ///
  /// The count is at most 2^(coordinates). Variables are bound one after the other, each entry being a polynomial in t
  /// whose degree is the number of variables bound so far: n / 2^i polynomials of degree i. Blocks of low variables are bound
  /// first, each in the cache of one processor; of a block the four highest variables at once, which takes three products an
  /// entry without reduction where one after the other would take more than three with it.
  @specialized(where F == ScalarField)
  package func restrictToLine(from start: [F], to end: [F]) -> [F] {
    let blockVariables = Swift.min(start.count, Multilinear<F>.lineBlockVariables(count: count))
    guard blockVariables >= 8 else {
      return Multilinear.restrictToLine(count: count, from: start, to: end) { line, range in
        line.load([elements[range]])
      }
    }
    let bound = (blockVariables - 4)..<blockVariables
    let products = Multilinear.lineProducts(
      start: start[bound], directions: bound.map { end[$0] - start[$0] })
    return Multilinear.restrictToLine(
      count: count, from: start, to: end, blocks: (variables: blockVariables, bound: bound.count)
    ) { line, range in
      line.load(elements[range], by: products)
    }
  }
}

extension Multilinear {
  /// The same for a polynomial given by integers: the highest variables of every block are bound all at once, which
  /// takes one product of an integer and a field element for each of five powers of t and no reduction, so that an entry
  /// costs about a product in all.
  @specialized(where F == ScalarField)
  package static func restrictToLine(smallIntegers: ArraySlice<Int64>, from start: [F], to end: [F]) -> [F] {
    let (blocks, weights) = binding(4, of: blockVariables + 2, from: start, to: end)
    return restrictToLine(count: smallIntegers.count, from: start, to: end, blocks: blocks) { line, range in
      smallIntegers.withUnsafeBufferPointer { integers in
        line.load(UnsafeBufferPointer(rebasing: integers[range]), by: weights)
      }
    }
  }

  /// The same for 16-bit integers; blocks of -1, 0 and 1 take additions of prepared sums only, if the first one is such a
  /// block.
  @specialized(where F == ScalarField)
  package static func restrictToLine(smallIntegers: ArraySlice<Int16>, from start: [F], to end: [F]) -> [F] {
    let first = smallIntegers.prefix(1 << (blockVariables + 2))
    let isTernary = first.withUnsafeBufferPointer { first in
      first.baseAddress.map { TernaryCodes.areTernary($0, count: first.count) } ?? false
    }
    // An addition of prepared sums costs little beside the reduction of what they add up to: more rows at once.
    let (blocks, weights) =
      isTernary
      ? binding(7, of: lineBlockVariables(count: smallIntegers.count), from: start, to: end)
      : binding(4, of: blockVariables + 2, from: start, to: end)
    let tables = isTernary ? weights.map { TernaryTables($0, count: $0.count) } : []
    return restrictToLine(count: smallIntegers.count, from: start, to: end, blocks: blocks) { line, range in
      smallIntegers.withUnsafeBufferPointer { integers in
        let block = UnsafeBufferPointer(rebasing: integers[range])
        if isTernary && line.load(block, by: tables) { return }
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: block.count) { wide in
          for index in block.indices { wide.initializeElement(at: index, to: Int64(block[index])) }
          line.load(UnsafeBufferPointer(wide), by: weights)
        }
      }
    }
  }

  /// The variables of a block of a vector of `count` entries: of long ones 2^14 entries, so that the last variables of a block,
  /// whose rows are shorter than a wide vector, cost little; of others fewer, so that incomplete blocks do.
  static func lineBlockVariables(count: Int) -> Int { blockVariables + (count >= 1 << 18 ? 4 : 2) }

  /// The variables of a block, at most `most`, the highest of which, at most `count`, are bound at once, and their weights.
  private static func binding(
    _ count: Int, of most: Int, from start: [F], to end: [F]
  ) -> (blocks: (variables: Int, bound: Int), weights: [[F]]) {
    let variables = Swift.min(start.count, most)
    let bound = (variables - Swift.min(variables, count))..<variables
    let weights = lineWeights(start: start[bound], directions: bound.map { end[$0] - start[$0] })
    return ((variables, bound.count), weights)
  }

  /// For every subset of four polynomials start + t direction the five coefficients of its product; subset r has the
  /// polynomials of the bits set in r.
  static func lineProducts(start: ArraySlice<F>, directions: [F]) -> [F] {
    var products: [[F]] = [[.one, .zero, .zero, .zero, .zero]]
    for (constant, direction) in zip(start, directions) {
      products += products.map { product in
        zip(product, [.zero] + product).map { $0 * constant + $1 * direction }
      }
    }
    return products.flatMap { $0 }
  }

  /// For each power of t, its coefficient in eq(start + t directions, r) for every r.
  private static func lineWeights(start: ArraySlice<F>, directions: [F]) -> [[F]] {
    var polynomials: [[F]] = [[.one]]
    for (constant, direction) in zip(start, directions) {
      func times(_ polynomial: [F], _ constant: F, _ slope: F) -> [F] {
        zip(polynomial + [.zero], [.zero] + polynomial).map { $0 * constant + $1 * slope }
      }
      polynomials =
        polynomials.map { times($0, .one - constant, -direction) } + polynomials.map { times($0, constant, direction) }
    }
    return (0...directions.count).map { power in polynomials.map { $0[power] } }
  }

  /// The same for a polynomial whose values are loaded by blocks, given by their ranges.
  ///
  /// - Parameter blocks: the variables of a block, and how many of them `load` has bound already.
  static func restrictToLine(
    count: Int, from start: [F], to end: [F], blocks: (variables: Int, bound: Int)? = nil,
    load: @Sendable (inout LineRestriction<F>, Range<Int>) -> Void
  ) -> [F] {
    precondition(start.count == end.count, "Two points with the same number of coordinates.")
    precondition(start.count >= 48 || count <= 1 << start.count, "At most 2^n values for n coordinates.")
    let directions = start.indices.map { end[$0] - start[$0] }
    let (lowCount, bound) = blocks ?? (variables: Swift.min(start.count, Multilinear<F>.blockVariables), bound: 0)
    let blockLength = 1 << lowCount
    let blocks = (count + blockLength - 1) / blockLength
    guard blocks > 0 else { return [F](repeating: .zero, count: start.count + 1) }
    let highCount = blocks == 1 ? 0 : Int.bitWidth - (blocks - 1).leadingZeroBitCount
    let parts = Parallel.mapChunks(count: blocks, minimumChunk: Swift.max(1, 4096 >> lowCount)) { range in
      var line = LineRestriction<F>(variables: lowCount - bound, degree: bound)
      return range.map { block in
        let first = block * blockLength
        load(&line, first..<Swift.min(first + blockLength, count))
        for index in (0..<(lowCount - bound)).reversed() { line.bindTop(start[index], direction: directions[index]) }
        return line.polynomial
      }
    }
    let polynomials = parts.flatMap { $0 }
    var line = LineRestriction<F>(variables: highCount, degree: lowCount)
    line.load((0...lowCount).map { power in polynomials.map { $0[power] }[...] })
    for index in (0..<highCount).reversed() {
      line.bindTop(start[lowCount + index], direction: directions[lowCount + index])
    }
    // Further variables multiply by 1 - x_k, since all entries have a zero bit there.
    var result = line.polynomial
    for index in (lowCount + highCount)..<start.count {
      let constant = F.one - start[index]
      result.append(.zero)
      for power in result.indices.reversed() {
        result[power] = result[power] * constant - (power > 0 ? result[power - 1] * directions[index] : .zero)
      }
    }
    return result
  }
}

/// The state of a restriction to a line: 2^variables polynomials in t, all of one degree, stored by coefficient.
struct LineRestriction<F: PrimeField> {
  private let initialVariables: Int
  private let initialDegree: Int
  private var variables: Int
  private var degree: Int
  /// Coefficient k of polynomial i is at k * stride + i.
  private var storage: [F]
  private let stride: Int

  /// Room for 2^variables polynomials of this degree, until all their variables are bound.
  init(variables: Int, degree: Int) {
    initialVariables = variables
    initialDegree = degree
    self.variables = variables
    self.degree = degree
    stride = 1 << variables
    storage = [F](repeating: .zero, count: stride * (degree + variables + 1))
  }

  /// Starts again from these coefficients: one slice for each power, of at most 2^variables entries, continued by
  /// zeros.
  mutating func load(_ coefficients: [ArraySlice<F>]) {
    precondition(coefficients.count == initialDegree + 1, "One slice for each power.")
    variables = initialVariables
    degree = initialDegree
    let stride = stride
    storage.withUnsafeMutableBufferPointer { rows in
      for (power, slice) in coefficients.enumerated() {
        let row = power * stride
        _ = rows[row..<(row + slice.count)].update(fromContentsOf: slice)
        rows[(row + slice.count)..<(row + stride)].update(repeating: .zero)
      }
    }
  }

  /// Starts from sixteen rows of 2^variables entries, missing ones being zeros, whose numbers are bound at once to the
  /// polynomials that `products` are the products of.
  mutating func load(_ entries: ArraySlice<F>, by products: [F]) {
    precondition(
      initialDegree == 4 && products.count == 80 && entries.count <= 16 * stride,
      "Sixteen rows and five powers.")
    variables = initialVariables
    degree = initialDegree
    guard entries.count == 16 * stride else {
      load((entries + repeatElement(.zero, count: 16 * stride - entries.count))[...], by: products)
      return
    }
    let stride = stride
    storage.withUnsafeMutableBufferPointer { storage in
      entries.withUnsafeBufferPointer { entries in
        guard let base = storage.baseAddress, let source = entries.baseAddress else { return }
        // SAFETY: sixteen rows are read, five rows of storage written.
        F.bindRows(
          source, stride: stride, by: products, into: base, outStride: stride, count: stride)
      }
    }
  }

  /// Starts from rows of 2^variables integers, of which the coefficients are the sums with these weights, one list for each
  /// power; missing integers are zeros.
  mutating func load(_ integers: UnsafeBufferPointer<Int64>, by weights: [[F]]) {
    precondition(
      weights.count == initialDegree + 1 && weights.allSatisfy { integers.count <= stride * $0.count },
      "As many weights as rows for each power.")
    variables = initialVariables
    degree = initialDegree
    let (rows, rest) = integers.count.quotientAndRemainder(dividingBy: stride)
    storage.withUnsafeMutableBufferPointer { storage in
      storage[..<(weights.count * stride)].update(repeating: .zero)
      guard let base = storage.baseAddress, let source = integers.baseAddress else { return }
      for (power, weights) in weights.enumerated() {
        weights.withUnsafeBufferPointer { weights in
          guard let factors = weights.baseAddress else { return }
          // SAFETY: there are `rows` whole rows and `rest` more integers, a weight for each, and a row of storage for each power.
          F.addScaledRows(
            source, stride: stride, by: factors, rows: rows, into: base + power * stride,
            count: stride)
          if rest > 0 {
            F.addScaled(
              source + rows * stride, by: factors[rows], into: base + power * stride, count: rest)
          }
        }
      }
    }
  }

  /// The same if the integers are -1, 0 and 1 and fill 2^initialDegree rows: false, and nothing done, if they are not. The
  /// tables are those of the weights, for each power.
  mutating func load(_ integers: UnsafeBufferPointer<Int16>, by tables: [TernaryTables<F>]) -> Bool {
    let (stride, rows) = (stride, 1 << initialDegree)
    guard integers.count == stride * rows, tables.count == initialDegree + 1 else { return false }
    let groups = TernaryCodes.groups(rows)
    let isTernary = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: groups * stride) {
      codes in
      guard let source = integers.baseAddress, let codes = codes.baseAddress,
        TernaryCodes.encode(
          rows: Swift.stride(from: 0, to: rows * stride, by: stride).map { $0 }, of: source,
          columns: stride, into: codes)
      else { return false }
      storage.withUnsafeMutableBufferPointer { storage in
        storage[..<(tables.count * stride)].update(repeating: .zero)
        guard let base = storage.baseAddress else { return }
        for (power, table) in tables.enumerated() {
          table.addSums(
            codes: codes, strides: (stride, 1), into: base + power * stride, count: stride)
        }
      }
      return true
    }
    if isTernary { (variables, degree) = (initialVariables, initialDegree) }
    return isTernary
  }

  /// Sets the highest variable to `constant + direction * t`.
  mutating func bindTop(_ constant: F, direction: F) {
    precondition(variables > 0, "A variable to bind.")
    let half = 1 << (variables - 1)
    let stride = stride
    let degree = degree
    storage.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      // SAFETY: every power's row has `stride` entries, of which the first 2 * half are in use.
      (base + (degree + 1) * stride).update(repeating: .zero, count: half)
      // From the highest power down: each row's difference is used before the row is overwritten, and the row above
      // is already done.
      for power in (0...degree).reversed() {
        let row = base + power * stride
        F.interpolateLine(row, row + half, at: constant, slope: (direction, row + stride), count: half)
      }
    }
    self.degree += 1
    variables -= 1
  }

  /// The one polynomial left when all variables are bound, lowest power first.
  var polynomial: [F] {
    precondition(variables == 0, "All variables bound.")
    return (0...degree).map { storage[$0 * stride] }
  }
}
