import Algebra

/// Blocks of one template that are evaluated together, one in each lane.
struct BlockTile: Sendable {
  let template: Int
  /// Indices of at most `BlockTile.lanes` blocks.
  let blocks: [Int]

  /// Blocks of a tile: enough for wide vectors, few enough that a tile stays in a processor's cache.
  static var lanes: Int { 32 }
}

extension ConstraintShape {
  /// All blocks, by templates.
  var blockTiles: [BlockTile] {
    templates.indices.flatMap { template in
      let indices = blocks.indices.filter { blocks[$0].template == template }
      return stride(from: 0, to: indices.count, by: BlockTile.lanes).map { start in
        BlockTile(template: template, blocks: Array(indices[start...].prefix(BlockTile.lanes)))
      }
    }
  }

  /// The products of the rows of a tile's blocks with their columns, stored at the rows' places.
  func multiply(
    _ tile: BlockTile, one: Field, inputs: [Field], trace: [Field], into target: TripleTarget<Field>
  ) {
    let template = templates[tile.template]
    let matrix = template.combinations
    var columns = LaneTable<Field>(rows: matrix.columnCount, lanes: tile.blocks.count)
    for (lane, index) in tile.blocks.enumerated() {
      let block = blocks[index]
      columns[0, lane] = one
      for (input, combination) in block.inputs.enumerated() { columns[1 + input, lane] = inputs[Int(combination)] }
      for variable in 0..<template.traceCount {
        columns[template.firstVariable + variable, lane] = trace[block.traceStart + variable]
      }
    }
    var products = LaneTable<Field>(rows: matrix.rowCount, lanes: tile.blocks.count)
    for combination in 0..<matrix.rowCount {
      for entry in matrix.entries(combination) {
        let column = Int(matrix.columns[entry])
        switch matrix.coefficientIndices[entry] {
        case 0: products.add(columns, row: column, to: combination)
        case 1: products.subtract(columns, row: column, from: combination)
        case let index:
          products.add(columns, row: column, times: matrix.coefficients[Int(index)], to: combination)
        }
      }
    }
    for (lane, index) in tile.blocks.enumerated() {
      for (offset, row) in template.rows.enumerated() {
        target.write(
          blockStarts[index] + offset, products[Int(row.a), lane], products[Int(row.b), lane],
          products[Int(row.c), lane])
      }
    }
  }

  /// What the rows of blocks add to a weighted sum of all rows.
  struct BlockSums {
    /// To the column of u.
    var one: Field
    /// To the columns of the trace.
    var trace: [Field]
    /// To the weights of the circuit's combinations, as inputs.
    var combinations: [Field]
  }

  /// The sums over the rows of all blocks with one weight for each side of each row.
  func combineBlocks(weights: ScaledWeights<Field>) -> BlockSums {
    let tiles = blockTiles
    var trace = [Field](repeating: .zero, count: traceCount)
    let parts = Parallel.scatter(into: &trace, chunks: tiles.count) { range, trace in
      var weights = weights
      return range.map { combine(tiles[$0], weights: &weights, into: trace) }
    }
    var sums = BlockSums(
      one: .zero, trace: trace, combinations: [Field](repeating: .zero, count: combinations.rowCount))
    for (tile, columns) in zip(tiles, parts.joined()) {
      sums.one = columns.row(0).reduce(sums.one, +)
      for (lane, index) in tile.blocks.enumerated() {
        for (input, combination) in blocks[index].inputs.enumerated() {
          sums.combinations[Int(combination)] += columns[1 + input, lane]
        }
      }
    }
    return sums
  }

  /// The sums of a tile's rows by its columns; those of its variables are stored at their places.
  private func combine(
    _ tile: BlockTile, weights: inout ScaledWeights<Field>, into trace: ScatterTarget<Field>
  ) -> LaneTable<Field> {
    let template = templates[tile.template]
    let matrix = template.combinations
    var combined = LaneTable<Field>(rows: matrix.rowCount, lanes: tile.blocks.count)
    for (lane, index) in tile.blocks.enumerated() {
      weights.load(blockStarts[index]..<blockStarts[index] + template.rows.count)
      for (offset, row) in template.rows.enumerated() {
        combined[Int(row.a), lane] += weights.a[offset]
        combined[Int(row.b), lane] += weights.b[offset]
        combined[Int(row.c), lane] += weights.c[offset]
      }
    }
    var columns = LaneTable<Field>(rows: matrix.columnCount, lanes: tile.blocks.count)
    for combination in 0..<matrix.rowCount {
      for entry in matrix.entries(combination) {
        let column = Int(matrix.columns[entry])
        switch matrix.coefficientIndices[entry] {
        case 0: columns.add(combined, row: combination, to: column)
        case 1: columns.subtract(combined, row: combination, from: column)
        case let index:
          columns.add(combined, row: combination, times: matrix.coefficients[Int(index)], to: column)
        }
      }
    }
    for (lane, index) in tile.blocks.enumerated() {
      for variable in 0..<template.traceCount {
        trace[blocks[index].traceStart + variable] = columns[template.firstVariable + variable, lane]
      }
    }
    return columns
  }
}
