import Algebra

/// Blocks of one template that are evaluated together, one in each lane.
struct BlockTile: Sendable {
  let template: Int
  /// Indices of at most `BlockTile.lanes` blocks.
  let blocks: [Int]

  /// Blocks of a tile: enough for wide vectors, few enough that a tile stays in a processor's cache.
  static var lanes: Int { 32 }

  /// Zeros for every block; few rows are filled up to whole vectors of the kernels, as long as that at most doubles them.
  func table<Field: PrimeField>(rows: Int) -> LaneTable<Field> {
    let whole = (blocks.count + 7) & ~7
    return LaneTable(rows: rows, lanes: rows <= 1 << 12 && whole <= 2 * blocks.count ? whole : blocks.count)
  }
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
    var columns: LaneTable<Field> = tile.table(rows: matrix.columnCount)
    for (lane, index) in tile.blocks.enumerated() {
      let block = blocks[index]
      columns[0, lane] = one
      for (input, combination) in block.inputs.enumerated() { columns[1 + input, lane] = inputs[Int(combination)] }
      for variable in 0..<template.traceCount {
        columns[template.firstVariable + variable, lane] = trace[block.traceStart + variable]
      }
    }
    let products = columns.multiplied(by: matrix.pattern, coefficients: matrix.coefficients)
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

  /// The sums over the rows of all blocks with one weight per row, times a factor for each side.
  func combineBlocks(weights: [Field], factors: (Field, Field, Field)) -> BlockSums {
    let tiles = blockTiles
    var trace = [Field](repeating: .zero, count: traceCount)
    let uses = templates.map { TemplateUses($0) }
    let parts = Parallel.scatter(into: &trace, chunks: tiles.count) { range, trace in
      range.map { combine(tiles[$0], uses, weights: weights, factors: factors, into: trace) }
    }
    var sums = BlockSums(
      one: .zero, trace: trace, combinations: [Field](repeating: .zero, count: combinations.rowCount))
    for (tile, columns) in zip(tiles, parts.joined()) {
      for (lane, index) in tile.blocks.enumerated() {
        sums.one += columns[0][lane]
        for (input, combination) in blocks[index].inputs.enumerated() {
          sums.combinations[Int(combination)] += columns[1 + input][lane]
        }
      }
    }
    return sums
  }

  /// The sums of a tile's rows by its columns: those of u and of the inputs, block by block; those of its variables are stored
  /// at their places.
  private func combine(
    _ tile: BlockTile, _ uses: [TemplateUses<Field>], weights: [Field], factors: (Field, Field, Field),
    into trace: ScatterTarget<Field>
  ) -> [[Field]] {
    let (template, uses) = (templates[tile.template], uses[tile.template])
    var rows: LaneTable<Field> = tile.table(rows: template.rows.count)
    for (lane, index) in tile.blocks.enumerated() {
      for offset in template.rows.indices { rows[offset, lane] = weights[blockStarts[index] + offset] }
    }
    let columns = rows.multiplied(
      by: uses.combinations, coefficients: [.one, -.one, factors.0, factors.1, factors.2]
    ).multiplied(by: uses.columns, coefficients: template.combinations.coefficients)
    for (lane, index) in tile.blocks.enumerated() {
      for variable in 0..<template.traceCount {
        trace[blocks[index].traceStart + variable] = columns[template.firstVariable + variable, lane]
      }
    }
    return (0..<template.firstVariable).map { Array(columns.row($0)) }
  }
}
