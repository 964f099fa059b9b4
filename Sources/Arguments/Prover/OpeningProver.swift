import Algebra

extension ProverState {
  /// Step 8: all claims in one sumcheck over Q, lowest variable first; sets rho and returns Q~(rho).
  ///
  /// Almost every claim weighs an entry by a product over the bits of its index. While the low variables are bound, such claims
  /// need of Q only the sums over pages, each page times its weight: one pass over the integers for each claim. After that,
  /// a page is one number, its value at the point so far: one pass more. Nowhere is a field element made for every entry.
  mutating func reduceClaims() -> ScalarField {
    let reduction = ClaimReduction(self, theta: challenge())
    var point: [ScalarField] = []
    var low = SumcheckPairs(reduction.lowPairs(of: self), variables: reduction.pageLog)
    bindAll(&low, &point)
    let pages = reduction.pages(of: self, at: point, bound: low.pairs.map { $0.left[0] })
    var high = SumcheckPairs([pages], variables: plan.layout.logSize - reduction.pageLog)
    bindAll(&high, &point)
    opening = point
    let value = pages.right[0]
    sendLast(value)
    return value
  }

  /// Rounds until no variable is left.
  private mutating func bindAll(_ pairs: inout SumcheckPairs, _ point: inout [ScalarField]) {
    while pairs.variables > 0 {
      let (c0, c2) = pairs.round()
      send([c0, c2])
      let t = challenge()
      pairs.bind(t)
      point.append(t)
    }
  }
}

/// The claims as the sumcheck over Q meets them.
struct ClaimReduction {
  /// log2 of the entries of a page (m).
  let pageLog: Int
  /// Functionals by the weights of their low bits, in order of first use.
  private var groups: [(low: [IndexBit], members: [TensorFunctional])] = []
  /// Pages that claims weigh in some other way, ascending, and the weights, in the order of bits reversed.
  private var dense: [(page: Int, segment: Segment, weights: FieldBuffer)] = []

  /// The claims of a state, claim i times theta^i: all of them, or, for measurements, those on one segment.
  init(_ state: ProverState, theta: ScalarField, of segment: Segment? = nil) {
    // A page lies in one segment.
    pageLog = min(10, state.plan.layout.chunkLog, state.plan.layout.logSize)
    var numbers: [[IndexBit]: Int] = [:]
    var densePages: [Int: Int] = [:]
    var power = ScalarField.one
    for claim in state.plan.claims {
      defer { power *= theta }
      guard segment == nil || claim.block.segment == segment else { continue }
      if let functionals = state.functionals(of: claim, pageLog: pageLog, times: power) {
        for functional in functionals {
          let number = numbers[functional.low] ?? groups.count
          if number == groups.count {
            numbers[functional.low] = number
            groups.append((functional.low, []))
          }
          groups[number].members.append(functional)
        }
      } else if case .rotation(let rotation)? = claim.special {
        add(state.weights(of: claim, rotation), of: claim, in: state.plan.layout, times: power, to: &densePages)
      }
    }
  }

  private mutating func add(
    _ weights: FieldBuffer, of claim: Claim, in layout: BlockLayout, times factor: ScalarField,
    to numbers: inout [Int: Int]
  ) {
    let start = claim.block.start(in: layout)
    for index in 0..<weights.count {
      let (page, place) = ((start + index) >> pageLog, (start + index) & ((1 << pageLog) - 1))
      let number = numbers[page] ?? dense.count
      if number == dense.count {
        numbers[page] = number
        dense.append((page, claim.block.segment, FieldBuffer(zeros: 1 << pageLog)))
      }
      dense[number].weights[reversedBits(place, count: pageLog)] += factor * weights[index]
    }
  }

  /// What is summed while the low variables are bound: for every group the weights within a page and the sum over its pages, then the
  /// dense pages.
  func lowPairs(of state: ProverState) -> [(left: FieldBuffer, right: FieldBuffer)] {
    let size = 1 << pageLog
    let order = (0..<size).map { reversedBits($0, count: pageLog) }
    let sums = pageSums(of: state)
    return groups.indices.map { number in
      let right = FieldBuffer(uninitialized: size)
      for place in 0..<size { right[order[place]] = sums[number][place] }
      return (FieldBuffer(weights: state.weights(of: groups[number].low).reversed()), right)
    }
      + dense.map { page, segment, weights in
        let (natural, right) = (FieldBuffer(uninitialized: size), FieldBuffer(uninitialized: size))
        let (reader, first) = reader(of: segment, state)
        reader.withIntegers(page << pageLog - first..<(page + 1) << pageLog - first) {
          ScalarField.convert($0, into: natural.base, count: size)
        }
        for place in 0..<size { right[order[place]] = natural[place] }
        return (weights, right)
      }
  }

  /// For every group the sum over its members' pages, each times its weight.
  private func pageSums(of state: ProverState) -> [FieldBuffer] {
    // Rows of pages that one task takes.
    let height = 64
    var tasks: [(group: Int, member: Int, range: Range<Int>)] = []
    for (group, entry) in groups.enumerated() {
      for (member, functional) in entry.members.enumerated() {
        let (reader, first) = reader(of: functional.segment, state)
        // What lies behind the stored entries is zero.
        let end = (first + reader.entries.count + (1 << pageLog) - 1) >> pageLog
        let count = functional.pages.firstIndex { $0 >= end } ?? functional.pages.count
        for start in stride(from: 0, to: count, by: height) {
          tasks.append((group, member, start..<min(start + height, count)))
        }
      }
    }
    let (size, count) = (1 << pageLog, groups.count)
    let todo = tasks
    let parts = Parallel.mapChunks(count: todo.count, minimumChunk: 2) { range in
      var sums = [FieldBuffer?](repeating: nil, count: count)
      for (group, member, rows) in todo[range] {
        let functional = groups[group].members[member]
        let (reader, first) = reader(of: functional.segment, state)
        let sum = sums[group] ?? FieldBuffer(zeros: size)
        sums[group] = sum
        reader.addRows(
          functional.pages[rows].map { $0 << pageLog - first }, by: functional.weights.base + rows.lowerBound,
          count: size,
          into: sum.base)
      }
      return sums
    }
    return groups.indices.map { group in
      let sum = FieldBuffer(zeros: size)
      for part in parts {
        if let part = part[group] { ScalarField.add(sum.base, part.base, into: sum.base, count: size) }
      }
      return sum
    }
  }

  /// What every page weighs, and its value, at a point of the low variables; in the order of bits reversed.
  ///
  /// `bound` holds the low pairs' weights at that point.
  func pages(
    of state: ProverState, at point: [ScalarField], bound: [ScalarField]
  ) -> (left: FieldBuffer, right: FieldBuffer) {
    let bits = state.plan.layout.logSize - pageLog
    let (left, right) = (FieldBuffer(zeros: 1 << bits), FieldBuffer(zeros: 1 << bits))
    for (group, weight) in zip(groups, bound) {
      for functional in group.members {
        for (index, page) in functional.pages.enumerated() {
          left[reversedBits(page, count: bits)] += weight * functional.weights[index]
        }
      }
    }
    for (page, weight) in zip(dense, bound[groups.count...]) { left[reversedBits(page.page, count: bits)] += weight }
    let size = 1 << pageLog
    let weights = FieldBuffer(weights: point)
    for segment in Segment.allCases {
      let (reader, first) = reader(of: segment, state)
      let count = (reader.entries.count + size - 1) >> pageLog
      let prepared =
        reader.isLikelyTernary && count >= 64 ? TernaryTables(weights.base, count: size) : nil
      Parallel.forChunks(count: count, minimumChunk: 16) { range in
        FieldBuffer.withScratch(range.count) { sums in
          reader.dots(
            weights.base, prepared: prepared, start: range.lowerBound << pageLog, rows: range.count,
            count: size,
            into: sums)
          for page in range {
            right[reversedBits(first >> pageLog + page, count: bits)] =
              sums[page - range.lowerBound]
          }
        }
      }
    }
    return (left, right)
  }

  /// A segment's entries and the place of the first one in Q.
  private func reader(of segment: Segment, _ state: ProverState) -> (TensorReader, first: Int) {
    (TensorReader(state.data.entries(in: segment)), state.plan.layout.bases[segment.rawValue])
  }
}
