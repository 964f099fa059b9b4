import Algebra
import Support
import Testing

/// Every kernel against the operators, on extreme and random values and on all lengths around a wide vector's.
@Suite("Field kernels")
struct FieldKernelTests {
  static let counts = [0, 1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 100, 1003]

  @Test("Oracle: the scalar field", arguments: counts)
  func oracleScalarField(count: Int) { expectKernels(ScalarField.self, count: count) }

  @Test("Oracle: the base field", arguments: counts)
  func oracleBaseField(count: Int) { expectKernels(BaseField.self, count: count) }

  @Test("Oracle: a tiny field", arguments: counts)
  func oracleTinyField(count: Int) { expectKernels(TinyCurve.BaseField.self, count: count) }

  @Test("Oracle: square roots of many values", arguments: counts)
  func oracleSquareRoots(count: Int) {
    func expectRoots<F: PrimeField>(_ type: F.Type) {
      let a = values(type, count: count, seed: 8)
      for (value, root) in zip(a, F.squareRoots(a)) {
        #expect((root == nil) == (value.squareRoot() == nil))
        #expect(root.map { $0.squared() == value } != false)
      }
      #expect(F.squareRoots(a.map { $0.squared() }).allSatisfy { $0 != nil })
    }
    expectRoots(ScalarField.self)
    expectRoots(BaseField.self)
    expectRoots(TinyCurve.BaseField.self)
  }

  @Test("Oracle: sums of pairs of points", arguments: counts)
  func oraclePairs(count: Int) {
    expectPairs(curveSamples(BN254.self, count: 40, seed: 1), count: count)
    expectPairs(curveSamples(Grumpkin.self, count: 40, seed: 2), count: count)
    expectPairs(TinyCurve.allPoints, count: count)
  }

  private func expectPairs<C: Curve>(_ samples: [AffinePoint<C>], count: Int) {
    let candidates = samples + samples.prefix(4).map { -$0 } + [.infinity]
    for usual in [false, true] {
      // Neighbours in the sample are different points; random ones are often equal, opposite or infinite.
      var generator = SeededGenerator(seed: UInt64(count))
      let few = Array(candidates.prefix(4) + candidates.suffix(5))
      let points: [AffinePoint<C>] = (0..<(2 * count)).map { index in
        usual ? samples[index % samples.count] : few[Int.random(in: 0..<few.count, using: &generator)]
      }
      let mixed: [AffinePoint<C>] = points.map { Bool.random(using: &generator) ? $0 : .infinity }
      for source in [points, mixed] {
        expectGroups(source, count: count)
      }
    }
  }

  /// Sums of groups of many lengths, of one length, and of one point each, which are stored in another order.
  private func expectGroups<C: Curve>(_ source: [AffinePoint<C>], count: Int) {
    guard count > 0 else { return }
    for longest in [1, 2, 5, 70] {
      let entries: [UInt32] = (0..<(2 * count)).map { index in
        let sign: UInt32 = index % 3 == 0 ? 1 : 0
        return UInt32(index) << 1 | sign
      }
      var groups: [PointGroup] = []
      var start = 0
      while start < entries.count {
        let length = min(entries.count - start, longest - groups.count % 2 * (longest / 2))
        groups.append(PointGroup(start: start, length: length, place: 0))
        start += length
      }
      groups.sort { $0.length > $1.length }
      for index in groups.indices { groups[index].place = UInt32(groups.count - 1 - index) }
      var scratch = [UInt64](repeating: 0, count: C.BaseField.groupScratchCount(groups, count: groups.count))
      let sums: [AffinePoint<C>] = buffer(source, count: groups.count) {
        C.BaseField.sumGroups(groups, count: groups.count, of: entries, from: $0, into: $1, scratch: &scratch)
      }
      let expected: [AffinePoint<C>] = groups.map { group in
        var sum = ProjectivePoint<C>.infinity
        for entry in entries[Int(group.start)...].prefix(Int(group.length)) {
          let point = source[Int(entry >> 1)]
          sum += entry & 1 == 1 ? -point : point
        }
        return sum.affine
      }
      #expect(Array(sums.reversed()) == expected)
    }
  }

  /// `count` points that `body` writes, given the coordinates of other points.
  private func buffer<C: Curve>(
    _ source: [AffinePoint<C>], count: Int,
    _ body: (UnsafePointer<C.BaseField>, UnsafeMutablePointer<C.BaseField>) -> Void
  ) -> [AffinePoint<C>] {
    let coordinates = source.flatMap { [$0.x, $0.y] }
    let result = result([C.BaseField](repeating: .one, count: 2 * count)) { body(coordinates, $0) }
    return (0..<count).map { AffinePoint(uncheckedX: result[2 * $0], y: result[2 * $0 + 1]) }
  }

  /// `count` elements, extreme ones first, in an order that depends on the seed.
  private func values<F: PrimeField>(_ type: F.Type, count: Int, seed: UInt64) -> [F] {
    var generator = SeededGenerator(seed: seed)
    let samples = fieldSamples(type, random: 60, seed: seed)
    return (0..<count).map { _ in samples[Int.random(in: 0..<samples.count, using: &generator)] }
  }

  private func expectKernels<F: PrimeField>(_ type: F.Type, count: Int) {
    let a = values(type, count: count, seed: 1)
    let b = values(type, count: count, seed: 2)
    let pairs = values(type, count: 2 * count, seed: 3)
    let indices = a.indices
    #expect(result(a) { F.add($0, b, into: $0, count: count) } == indices.map { a[$0] + b[$0] })
    #expect(result(a) { F.add($0, $0, into: $0, count: count) } == a.map { $0 + $0 })
    #expect(result(a) { F.subtract($0, b, into: $0, count: count) } == indices.map { a[$0] - b[$0] })
    #expect(result(a) { F.subtract(b, $0, into: $0, count: count) } == indices.map { b[$0] - a[$0] })
    #expect(result(a) { F.multiply($0, b, into: $0, count: count) } == indices.map { a[$0] * b[$0] })
    #expect(result(a) { F.multiply($0, $0, into: $0, count: count) } == a.map { $0 * $0 })
    for c in [F.zero, .one, -.one] + values(type, count: 3, seed: 4) {
      #expect(result(a) { F.scale($0, by: c, into: $0, count: count) } == a.map { $0 * c })
      #expect(result(a) { F.addScaled(b, by: c, into: $0, count: count) } == indices.map { a[$0] + b[$0] * c })
      #expect(
        result(a) { F.interpolate($0, b, at: c, into: $0, count: count) }
          == indices.map { a[$0] + c * (b[$0] - a[$0]) })
      #expect(
        result(b) { F.interpolate(a, $0, at: c, into: $0, count: count) }
          == indices.map { a[$0] + c * (b[$0] - a[$0]) })
      let halved = indices.map { pairs[2 * $0] + c * (pairs[2 * $0 + 1] - pairs[2 * $0]) }
      #expect(result(a) { F.interpolatePairs(pairs, at: c, into: $0, count: count) } == halved)
      #expect(Array(result(pairs) { F.interpolatePairs($0, at: c, into: $0, count: count) }.prefix(count)) == halved)
      expectLine(a, b, next: Array(pairs.prefix(count)), at: c, slope: -c + F(3))
      expectSplit(a, by: c)
    }
    #expect(F.dot(a, b, count: count) == indices.reduce(F.zero) { $0 + a[$1] * b[$1] })
    let smalls: [Int64] = [0, 1, -1, .max, .min, 77, -32768]
    let integers = indices.map { smalls[$0 % smalls.count] }
    #expect(F.dot(a, integers, count: count) == indices.reduce(F.zero) { $0 + a[$1] * F(integers[$1]) })
    #expect(result(a) { F.convert(integers, into: $0, count: count) } == integers.map { F($0) })
    for c in [F.zero, .one, -.one] + values(type, count: 3, seed: 5) {
      let expected = indices.map { a[$0] + c * F(integers[$0]) }
      #expect(result(a) { F.addScaled(integers, by: c, into: $0, count: count) } == expected)
    }
  }

  @Test(arguments: [1, 7, 8, 40, 67], [1, 5, 64, 131])
  func scaledRows(count: Int, rows: Int) {
    let stride = count + 3
    let factors = values(ScalarField.self, count: rows, seed: 6),
      start = values(ScalarField.self, count: count, seed: 7)
    var generator = SeededGenerator(seed: 8)
    for extremes in [[0, 1, -1, 32767, -32768, 1 << 51 - 1, -1 << 51], [.max, .min, 1 << 51, -1 << 51 - 1, 5]]
      as [[Int64]]
    {
      let integers = (0..<stride * rows).map { _ in extremes[Int.random(in: 0..<extremes.count, using: &generator)] }
      let expected = start.indices.map { index in
        (0..<rows).reduce(start[index]) { $0 + factors[$1] * ScalarField(integers[stride * $1 + index]) }
      }
      let found = result(start) {
        ScalarField.addScaledRows(integers, stride: stride, by: factors, rows: rows, into: $0, count: count)
      }
      #expect(found == expected)
    }
  }

  @Test("Oracle: sums of ternary rows and of neighbours", arguments: counts, [1, 3, 4, 5, 64])
  func ternarySums(count: Int, rows: Int) {
    let (factors, start) = (
      values(ScalarField.self, count: rows, seed: 9),
      values(ScalarField.self, count: count, seed: 10)
    )
    var generator = SeededGenerator(seed: UInt64(rows))
    let stride = count + 5
    let integers = (0..<stride * rows).map { _ in Int16.random(in: -1...1, using: &generator) }
    let tables = TernaryTables(factors, count: rows)
    var codes = [UInt8](repeating: 255, count: TernaryCodes.groups(rows) * count)
    // Rows in another order than that of memory.
    let starts = (0..<rows).map { stride * (rows - 1 - $0) }
    let isTernary = TernaryCodes.encode(rows: starts, of: integers, columns: count, into: &codes)
    #expect(isTernary)
    let columns = result(start) {
      tables.addSums(codes: codes, strides: (count, 1), into: $0, count: count)
    }
    #expect(
      columns
        == start.indices.map { index in
          starts.indices.reduce(start[index]) {
            $0 + factors[$1] * ScalarField(Int64(integers[starts[$1] + index]))
          }
        })
    // As many lists as there are columns, each of as many neighbours as there are factors.
    let lists = (0..<max(1, count * rows)).map {
      integers.isEmpty ? 0 : integers[$0 % integers.count]
    }
    let groups = TernaryCodes.groups(rows)
    var listCodes = [UInt8](repeating: 255, count: groups * count)
    for list in 0..<count {
      let row = Array(lists[list * rows..<(list + 1) * rows])
      var code = [UInt8](repeating: 255, count: groups)
      let isTernary = TernaryCodes.encode(row, count: rows, into: &code)
      #expect(isTernary)
      listCodes.replaceSubrange(list * groups..<(list + 1) * groups, with: code)
    }
    let sums = result(start) {
      tables.addSums(codes: listCodes, strides: (1, groups), into: $0, count: count)
    }
    #expect(
      sums
        == start.indices.map { list in
          factors.indices.reduce(start[list]) {
            $0 + factors[$1] * ScalarField(Int64(lists[list * rows + $1]))
          }
        })
  }

  @Test("Oracle: many groups of the largest sums")
  func ternaryExtremes() {
    let factors = [ScalarField](repeating: -.one, count: 4000)
    let tables = TernaryTables(factors, count: factors.count)
    for code: UInt8 in [0, 40, 80] {
      let codes = [UInt8](repeating: code, count: 8 * 1000)
      let sums = result([ScalarField](repeating: -.one, count: 8)) {
        tables.addSums(codes: codes, strides: (8, 1), into: $0, count: 8)
      }
      #expect(
        sums == .init(repeating: -.one - ScalarField(Int64(code) - 40) * ScalarField(100), count: 8)
      )
    }
  }

  @Test(
    "Rejects: integers that are not ternary, wherever they stand",
    arguments: [2, -2, 255, 256, .min, .max] as [Int16])
  func notTernary(odd: Int16) {
    var codes = [UInt8](repeating: 0, count: 4 * 70)
    for place in [0, 1, 31, 32, 33, 63, 64, 69] {
      var integers = (0..<4 * 70).map { Int16($0 % 3) - 1 }
      let row = Array(integers[..<70])
      let usual = TernaryCodes.encode(row, count: 70, into: &codes)
      #expect(usual && TernaryCodes.areTernary(row, count: 70))
      integers[place] = odd
      let neighbours = TernaryCodes.encode(integers, count: 70, into: &codes)
      #expect(!neighbours && !TernaryCodes.areTernary(integers, count: 70))
      // Before it stands a ternary row, behind it another.
      let rows = TernaryCodes.encode(rows: [70, 0, 140], of: integers, columns: 70, into: &codes)
      #expect(!rows)
      let others = TernaryCodes.encode(rows: [70, 140], of: integers, columns: 70, into: &codes)
      #expect(others)
    }
  }

  @Test("Oracle: ternary multiples", arguments: counts)
  func ternaryMultiples(count: Int) {
    func expectMultiples<F: PrimeField>(_ type: F.Type) {
      let start = values(type, count: count, seed: 11)
      let integers = (0..<count).map { Int16($0 * 7 % 3) - 1 }
      for c in [F.zero, .one, -.one] + values(type, count: 3, seed: 12) {
        let expected = start.indices.map { start[$0] + c * F(Int64(integers[$0])) }
        #expect(result(start) { F.addTernary(integers, by: c, into: $0, count: count) } == expected)
      }
    }
    expectMultiples(ScalarField.self)
    expectMultiples(BaseField.self)
    expectMultiples(TinyCurve.BaseField.self)
  }

  @Test("Oracle: sixteen rows bound to four polynomials", arguments: counts)
  func bindRows(count: Int) {
    func expectBound<F: PrimeField>(_ type: F.Type) {
      let stride = count + 1
      let lines = values(type, count: 8, seed: 13)
      func product(_ row: Int, _ factor: (_ bit: Int) -> [F]?) -> [F] {
        (0..<4).reduce([.one, .zero, .zero, .zero, .zero]) { product, bit in
          guard let factor = factor(bit) else { return product }
          return zip(product, [.zero] + product).map { $0 * factor[0] + $1 * factor[1] }
        }
      }
      func line(_ bit: Int) -> [F] { [lines[2 * bit], lines[2 * bit + 1]] }
      let products = (0..<16).flatMap { row in product(row) { row >> $0 & 1 == 1 ? line($0) : nil }
      }
      let weights = (0..<16).map { row in
        product(row) { row >> $0 & 1 == 1 ? line($0) : [.one - line($0)[0], -line($0)[1]] }
      }
      // Differences of extreme values come up to their bounds.
      let extremes: [[F]] =
        [values(type, count: 16 * stride, seed: 14)]
        + [0, 1].map { parity in
          (0..<16 * stride).map { ($0 / stride).nonzeroBitCount % 2 == parity ? .zero : -F.one }
        }
      for rows in extremes {
        let bound = result([F](repeating: .one, count: 5 * stride)) {
          F.bindRows(rows, stride: stride, by: products, into: $0, outStride: stride, count: count)
        }
        for power in 0..<5 {
          let expected = (0..<count).map { index in
            (0..<16).reduce(F.zero) { $0 + rows[stride * $1 + index] * weights[$1][power] }
          }
          #expect(Array(bound[power * stride..<power * stride + count]) == expected)
          #expect(bound[power * stride + count] == .one)
        }
      }
    }
    expectBound(ScalarField.self)
    expectBound(BaseField.self)
    expectBound(TinyCurve.BaseField.self)
  }

  /// Rows without entries, with entries 1 and -1 only, up to several times as many as are added without reducing; lanes of
  /// random, least and largest elements.
  @Test("Oracle: a sparse matrix times many vectors", arguments: counts)
  func sparseMatrix(count: Int) {
    func expectProducts<F: PrimeField>(_ type: F.Type) {
      var generator = SeededGenerator(seed: UInt64(count))
      let coefficients = [F.one, -.one] + values(type, count: 20, seed: 15) + [-F.one, .one]
      for kinds in [0..<2, 1..<2, 0..<coefficients.count, 2..<coefficients.count] as [Range<Int>] {
        var pattern = SparsePattern(columnCount: 40)
        for length in [0, 1, 2, 3, 4, 5, 31, 32, 33, 64, 65, 100] {
          for _ in 0..<length {
            pattern.append(
              column: UInt32.random(in: 0..<40, using: &generator),
              coefficientIndex: UInt32(Int.random(in: kinds, using: &generator)))
          }
          pattern.endRow()
        }
        for (value, random) in [(F.zero, false), (-F.one, false), (F.zero, true)] {
          let elements = values(type, count: 40 * count, seed: 16)
          var table = LaneTable<F>(rows: 40, lanes: count)
          for column in 0..<40 {
            for lane in 0..<count { table[column, lane] = random ? elements[column * count + lane] : value }
          }
          let product = table.multiplied(by: pattern, coefficients: coefficients)
          for row in 0..<pattern.rowCount {
            for lane in 0..<count {
              let sum = pattern.entries(row).reduce(F.zero) { sum, entry in
                sum + coefficients[Int(pattern.coefficientIndices[entry])] * table[Int(pattern.columns[entry]), lane]
              }
              #expect(product[row, lane] == sum)
            }
          }
        }
        #expect(pattern.transposed.transposed.rowStarts == pattern.rowStarts)
        #expect(pattern.transposed.entryCount == pattern.entryCount && pattern.transposed.rowCount == 40)
      }
    }
    guard count < 1000 else { return }
    expectProducts(ScalarField.self)
    expectProducts(BaseField.self)
    expectProducts(TinyCurve.BaseField.self)
  }

  private func expectLine<F: PrimeField>(_ a: [F], _ b: [F], next: [F], at c: F, slope: F) {
    var low = a, row = next
    low.withUnsafeMutableBufferPointer { low in
      row.withUnsafeMutableBufferPointer { row in
        guard let low = low.baseAddress, let row = row.baseAddress else { return }
        F.interpolateLine(low, b, at: c, slope: (slope, row), count: a.count)
      }
    }
    #expect(low == a.indices.map { a[$0] + c * (b[$0] - a[$0]) })
    #expect(row == a.indices.map { next[$0] + slope * (b[$0] - a[$0]) })
  }

  private func expectSplit<F: PrimeField>(_ a: [F], by c: F) {
    let both = result(a + a) { F.split($0, $0 + a.count, by: c, count: a.count) }
    #expect(both == a.map { $0 - $0 * c } + a.map { $0 * c })
  }

  /// A copy of `values` after `body`.
  private func result<F>(_ values: [F], _ body: (UnsafeMutablePointer<F>) -> Void) -> [F] {
    var copy = values
    copy.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { body(base) }
    }
    return copy
  }
}
