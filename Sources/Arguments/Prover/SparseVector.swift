import Algebra

/// A vector of 2^n field elements in pages, of which those that hold only zeros may be absent.
///
/// As a multilinear polynomial its highest variables choose the page, so that long stretches of zeros cost nothing.
struct SparseVector: Sendable {
  /// log2 of the length of a page.
  let pageLog: Int
  /// The pages; nil for zeros.
  private(set) var pages: [FieldBuffer?]

  /// The zero vector of 2^logSize entries.
  init(logSize: Int) {
    pageLog = min(logSize, 12)
    length = 1 << logSize
    pages = [FieldBuffer?](repeating: nil, count: 1 << (logSize - pageLog))
  }

  /// The number of entries of a page.
  var pageSize: Int { 1 << pageLog }

  /// Makes every page that meets a range present.
  mutating func touch(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    for page in range.lowerBound >> pageLog...(range.upperBound - 1) >> pageLog where pages[page] == nil {
      pages[page] = FieldBuffer(zeros: pageSize)
    }
  }

  /// The memory of an entry of a page that is present.
  func pointer(to index: Int) -> UnsafeMutablePointer<ScalarField> {
    guard let page = pages[index >> pageLog] else { preconditionFailure("The page is present.") }
    return page.base + (index & (pageSize - 1))
  }

  /// The number of entries; once only one page is left, those of it in use.
  private(set) var length: Int

  /// Entry 0.
  var first: ScalarField { pages[0].map { $0[0] } ?? .zero }

  /// Sets the highest variable.
  mutating func bind(_ challenge: ScalarField) {
    length /= 2
    guard pages.count == 1 else {
      bindPages(challenge)
      return
    }
    guard let page = pages[0] else { return }
    ScalarField.interpolate(page.base, page.base + length, at: challenge, into: page.base, count: length)
  }

  private mutating func bindPages(_ challenge: ScalarField) {
    let half = pages.count / 2
    let old = pages
    let size = pageSize
    pages = Parallel.map(count: half, minimumChunk: 1) { index in
      switch (old[index], old[index + half]) {
      case (nil, nil): return nil
      case (let low?, let high?):
        ScalarField.interpolate(low.base, high.base, at: challenge, into: low.base, count: size)
        return low
      case (let low?, nil):
        ScalarField.scale(low.base, by: .one - challenge, into: low.base, count: size)
        return low
      case (nil, let high?):
        ScalarField.scale(high.base, by: challenge, into: high.base, count: size)
        return high
      }
    }
  }
}
