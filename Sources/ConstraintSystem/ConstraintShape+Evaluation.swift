package import Algebra

extension ConstraintShape {
  /// (A z, B z, C z) for small committed values; entries of the values segment beyond `values` are zero.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func multiply(values: [Int64], trace: [Field], publics: [Field]) -> RowProducts<Field> {
    products(assemble(trace: trace, publics: publics) { $0 < values.count ? Field(values[$0]) : .zero })
  }

  /// (A z, B z, C z) for field elements; entries of the values segment beyond `values` are zero.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func multiply(values: [Field], trace: [Field], publics: [Field]) -> RowProducts<Field> {
    products(assemble(trace: trace, publics: publics) { $0 < values.count ? values[$0] : .zero })
  }

  /// (A z, B z, C z) given the committed values that occur in rows, one for each of `valueOffsets`.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func multiply(occurringValues values: [Field], trace: [Field], publics: [Field]) -> RowProducts<Field> {
    precondition(values.count == valueOffsets.count, "As many values as occur in rows.")
    precondition(publics.count == publicCount && trace.count >= traceCount, "As many variables as the shape has.")
    return products(publics + values + trace[..<traceCount])
  }

  /// The first row where A z * B z differs from u C z + E, or nil when all agree; E is zero when it is not given.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func firstViolation(of products: RowProducts<Field>, u: Field, error: [Field] = []) -> RowViolation? {
    for row in 0..<rowCount {
      let expected = u * products.c[row] + (row < error.count ? error[row] : .zero)
      if products.a[row] * products.b[row] != expected { return RowViolation(row: row, name: names?[row]) }
    }
    return nil
  }

  /// The first row violated by small values and a trace, for the fresh instance with these public inputs.
  package func firstViolation(values: [Int64], trace: [Field], publics: [Field]) -> RowViolation? {
    firstViolation(of: multiply(values: values, trace: trace, publics: publics), u: publics[0])
  }

  /// For every column the sum over rows of weights[row] * (x A + y B + z C)[row, column].
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func combineColumns(weights: [Field], _ x: Field, _ y: Field, _ z: Field) -> ColumnSums<Field> {
    precondition(weights.count >= rowCount, "One weight per row.")
    let scaled = [x, y, z].map { factor in
      var scaled = FieldVector(Array(weights.prefix(rowCount)))
      scaled.scale(by: factor)
      return scaled.elements
    }
    let blockSums = combineBlocks(weights: scaled)
    var combined = blockSums.combinations
    for (range, start) in ownRanges {
      for index in range {
        let (row, place) = (rows[index], start + index - range.lowerBound)
        combined[Int(row.a)] += scaled[0][place]
        combined[Int(row.b)] += scaled[1][place]
        combined[Int(row.c)] += scaled[2][place]
      }
    }
    let sums = combinations.combineColumns(weights: combined)
    let values = publicCount + valueOffsets.count
    var publics = Array(sums[..<publicCount])
    publics[0] += blockSums.one
    var trace = FieldVector(Array(sums[values...]))
    trace += FieldVector(blockSums.trace)
    return ColumnSums(publics: publics, values: Array(sums[publicCount..<values]), trace: trace.elements)
  }

  private func products(_ z: [Field]) -> RowProducts<Field> {
    let products = combinations.multiply(z)
    let trace = FieldVector(Array(z[(publicCount + valueOffsets.count)...]))
    let (count, tiles, ranges) = (rowCount, blockTiles, ownRanges)
    var all = [Field](repeating: .zero, count: 3 * count)
    _ = Parallel.scatter(into: &all, chunks: tiles.count + 1) { tasks, all in
      for task in tasks {
        guard task < tiles.count else {
          for (range, start) in ranges {
            for index in range {
              let (row, place) = (rows[index], start + index - range.lowerBound)
              all[place] = products[Int(row.a)]
              all[count + place] = products[Int(row.b)]
              all[2 * count + place] = products[Int(row.c)]
            }
          }
          continue
        }
        multiply(tiles[task], one: z[0], inputs: products, trace: trace.elements, into: all)
      }
    }
    return RowProducts(
      a: Array(all[..<count]), b: Array(all[count..<(2 * count)]), c: Array(all[(2 * count)...]))
  }

  private func assemble(trace: [Field], publics: [Field], value: (Int) -> Field) -> [Field] {
    precondition(publics.count == publicCount, "As many public inputs as the shape has.")
    precondition(trace.count >= traceCount, "As many trace variables as the shape has.")
    return publics + valueOffsets.map { value(Int($0)) } + trace[..<traceCount]
  }
}

/// The products of the three matrices with z, one entry per row.
package struct RowProducts<Field: PrimeField>: Sendable {
  /// A z.
  package let a: [Field]
  /// B z.
  package let b: [Field]
  /// C z.
  package let c: [Field]
}

/// A weighted sum of rows, by the part of z its columns belong to.
package struct ColumnSums<Field: PrimeField>: Sendable, Equatable {
  /// u and the public inputs.
  package let publics: [Field]
  /// The values at the shape's `valueOffsets`.
  package let values: [Field]
  /// The trace.
  package let trace: [Field]
}

/// A row that does not hold.
package struct RowViolation: Equatable, Sendable, CustomStringConvertible {
  /// Its index.
  package let row: Int
  /// Its scopes and label, where they are known.
  package let name: String?
  /// The index and the name.
  package var description: String { "row \(row)\(name.map { " (\($0))" } ?? "")" }
}
